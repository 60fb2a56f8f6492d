import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Empty, Waiting } from "./empty.tsx";
import { Failure } from "./failure.tsx";
import { Age } from "./now.tsx";

export interface ReadingUnderWay {
  readonly isReading: boolean;
  readonly error: unknown;
  again(): void;
}

/** Chosen: going to another tab and back does not ask the device twice. */
const freshMs = 30_000;

/**
 * Reads from the device while what is stored is shown already: then that is asked for again. Leaving the page gives the reading up, and the server hangs up on the
 * device.
 * @param stored the key under which what is stored lies @param read asks the device, and gives up when the signal aborts
 */
export function useReading(
  stored: readonly unknown[],
  read: (signal: AbortSignal) => Promise<{ readonly readAt: string }>,
  isPossible: boolean,
): ReadingUnderWay {
  const cache = useQueryClient();
  const { isFetching, error, refetch } = useQuery({
    queryKey: ["reading", ...stored],
    queryFn: async ({ signal }) => {
      const { readAt } = await read(signal);
      // A first answer that is still on its way may be of before, and is not given up by invalidating alone.
      await cache.cancelQueries({ queryKey: stored });
      await cache.invalidateQueries({ queryKey: stored });
      return readAt;
    },
    enabled: isPossible,
    retry: false,
    staleTime: freshMs,
  });
  return { isReading: isFetching, error, again: () => void refetch() };
}

/** How old is what is shown, whether the device is being asked, and why it could not be. */
export function ReadingBar({
  reading,
  readAt,
  isPossible,
  children,
}: {
  readonly reading: ReadingUnderWay;
  readonly readAt: string | null;
  readonly isPossible: boolean;
  readonly children?: ReactNode;
}) {
  const { isReading, error } = reading;
  const hasFailed = error !== null && error !== undefined && !isReading;
  return (
    <>
      <div className="toolbar">
        {children}
        <span className="dim toolbar-count" role="status">
          {readAt === null ? (
            "Never read"
          ) : (
            <>
              Read <Age at={readAt} />
            </>
          )}
          {isReading ? ", reading from the device…" : ""}
        </span>
        <Button
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={isReading}
          disabled={!isPossible}
          {...(isPossible ? {} : { title: "Only provisioned devices can be asked" })}
          onClick={() => reading.again()}
        >
          Read again
        </Button>
      </div>
      {hasFailed ? <Failure error={error} /> : null}
    </>
  );
}

interface StoredReadingProps<Body> {
  /** What is asked of the store. */
  readonly stored: { readonly data: { readonly readAt: string | null } | undefined; readonly error: unknown };
  /** Null while it has never been read. */
  readonly body: Body | null;
  readonly device: Device;
  /** The key under which what is stored lies. */
  readonly storedKey: readonly unknown[];
  /** Asks the device, and gives up when the signal aborts. */
  readonly read: (signal: AbortSignal) => Promise<{ readonly readAt: string }>;
  /** Says that it has never been read. */
  readonly never: string;
  readonly children: (body: Body) => ReactNode;
}

/** A tab of what is read from a device: at once as it was last read, then as the device says it now. */
export function StoredReading<Body>(props: StoredReadingProps<Body>) {
  const { stored, body, device, storedKey, read, never, children } = props;
  const isPossible = device.state === "provisioned";
  const reading = useReading(storedKey, read, isPossible);
  const { data, error } = stored;
  const hasFailed = data === undefined && error !== null;
  const isWaiting = data === undefined ? error === null : body === null && reading.isReading;
  return (
    <>
      <ReadingBar reading={reading} readAt={data?.readAt ?? null} isPossible={isPossible} />
      {hasFailed ? <Failure error={error} /> : null}
      {isWaiting ? <Waiting /> : null}
      {body === null ? isWaiting || hasFailed ? null : <Empty title={never} /> : children(body)}
    </>
  );
}
