import { queryOptions } from "@tanstack/react-query";
import type { VigilClient } from "@vigil/api/client.ts";
import { keys } from "../../queries.ts";

export const schedulesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.schedules, "list"],
    queryFn: ({ signal }) => server.schedules.list({ signal }),
    // A schedule's time comes without anybody's doing.
    refetchInterval: 15_000,
  });

/** @param from and @param to of a span, ISO 8601 */
export const calendarQuery = (server: VigilClient, from: string, to: string) =>
  queryOptions({
    queryKey: [...keys.schedules, "calendar", from, to],
    queryFn: ({ signal }) => server.schedules.calendar({ query: { from, to }, signal }),
  });
