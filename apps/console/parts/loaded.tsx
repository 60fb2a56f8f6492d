import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Waiting } from "./empty.tsx";
import { Failure } from "./failure.tsx";

interface LoadedProps<T> {
  readonly query: Pick<UseQueryResult<T>, "data" | "error" | "refetch">;
  /** Rows that are drawn empty meanwhile. */
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}

/** What a query brought; before that rows to come, or why there are none and the way to ask again. */
export function Loaded<T>({ query: { data, error, refetch }, rows, children }: LoadedProps<T>) {
  if (data !== undefined) return children(data);
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return rows === undefined ? <Waiting /> : <Waiting rows={rows} />;
}
