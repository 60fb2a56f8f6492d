import { useQueries, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

/** Rows in one request. Chosen: three screens of a tall monitor, about 100 kB. */
export const windowRows = 200;

/** A long list of which only the part near the eye is fetched. */
export interface Windowed<Row> {
  /** How many rows there are; undefined until the first answer. */
  readonly total: number | undefined;
  readonly rowAt: (index: number) => Row | undefined;
  /** Says which rows are in sight. */
  readonly onRange: (first: number, last: number) => void;
  readonly error: unknown;
  /** True while an answer to a new question is awaited and the old rows are still shown. */
  readonly isOld: boolean;
  readonly askAgain: () => void;
}

interface Page<Row> {
  readonly items: readonly Row[];
  readonly total: number;
}

interface Source<Row> {
  /** Names the list; its windows are kept under `[...queryKey, index]`. */
  readonly queryKey: QueryKey;
  readonly fetch: (offset: number, limit: number, signal: AbortSignal) => Promise<Page<Row>>;
}

/** Window numbers that hold the rows `first` to `last` and half a window around them. */
export function windowsOf(first: number, last: number): number[] {
  const margin = windowRows / 2;
  const from = Math.max(0, Math.floor((first - margin) / windowRows));
  const to = Math.max(from, Math.floor((last + margin) / windowRows));
  return Array.from({ length: to - from + 1 }, (_, step) => from + step);
}

/** Scrolling through thousands of rows in one sweep must not ask for all of them: only where it comes to rest. */
const restMs = 70;

export function useWindows<Row>({ queryKey, fetch }: Source<Row>): Windowed<Row> {
  const cache = useQueryClient();
  const [windows, setWindows] = useState<readonly number[]>([0]);
  const timer = useRef<number>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const results = useQueries({
    queries: windows.map((index) => ({
      queryKey: [...queryKey, index],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetch(index * windowRows, windowRows, signal),
      gcTime: 60_000,
    })),
  });
  const pages = new Map<number, Page<Row>>();
  for (const [at, index] of windows.entries()) {
    const data = results[at]?.data;
    if (data !== undefined) pages.set(index, data);
  }
  const shown = useRef<{ pages: ReadonlyMap<number, Page<Row>>; total: number | undefined }>({
    pages,
    total: undefined,
  });
  const fresh = newestTotal(results);
  const isOld = fresh === undefined && shown.current.total !== undefined;
  if (!isOld) shown.current = { pages, total: fresh };
  const { pages: inSight, total } = shown.current;

  const rowAt = (index: number): Row | undefined => {
    const number = Math.floor(index / windowRows);
    const page = inSight.get(number) ?? (isOld ? undefined : cache.getQueryData<Page<Row>>([...queryKey, number]));
    return page?.items[index % windowRows];
  };
  const onRange = useCallback((first: number, last: number) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      const next = windowsOf(first, last);
      setWindows((old) => (old.join() === next.join() ? old : next));
    }, restMs);
  }, []);
  const askAgain = (): void => void cache.invalidateQueries({ queryKey });
  return { total, rowAt, onRange, isOld, askAgain, error: results.find((one) => one.error !== null)?.error ?? null };
}

interface Answer {
  readonly data: { readonly total: number } | undefined;
  readonly dataUpdatedAt: number;
}

/** The total as the latest answer gave it. */
function newestTotal(results: readonly Answer[]): number | undefined {
  const answered = results.filter((one) => one.data !== undefined);
  return answered.toSorted((a, b) => b.dataUpdatedAt - a.dataUpdatedAt)[0]?.data?.total;
}
