import { queryOptions } from "@tanstack/react-query";
import type { VigilClient } from "@vigil/api/client.ts";
import type { ScheduleSettings } from "@vigil/api/resources/schedules.ts";
import { keys } from "../../queries.ts";

export const scheduleKeys = {
  all: keys.schedules,
  list: [...keys.schedules, "list"],
  one: (name: string) => [...keys.schedules, "one", name],
  fires: (name: string) => [...keys.schedules, "fires", name],
  /** Below the schedules, as a window says which of them wait for it. */
  windows: [...keys.schedules, "windows"],
} as const;

/** A schedule's time comes without anybody's doing. */
const restMs = 15_000;

export const schedulesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: scheduleKeys.list,
    queryFn: ({ signal }) => server.schedules.list({ signal }),
    refetchInterval: restMs,
  });

export const scheduleQuery = (server: VigilClient, name: string) =>
  queryOptions({
    queryKey: scheduleKeys.one(name),
    queryFn: ({ signal }) => server.schedules.show({ params: { name }, signal }),
    refetchInterval: restMs,
  });

/** Times that came are listed as far back as this; older ones are in the audit trail. Chosen: a month of every day, and more. */
export const mostFires = 50;

export const firesQuery = (server: VigilClient, name: string) =>
  queryOptions({
    queryKey: scheduleKeys.fires(name),
    queryFn: ({ signal }) => server.schedules.fires({ params: { name }, query: { limit: mostFires }, signal }),
    refetchInterval: restMs,
  });

/** When that would start; nothing is stored. */
export const previewQuery = (server: VigilClient, asked: Pick<ScheduleSettings, "at" | "window">) =>
  queryOptions({
    queryKey: [...scheduleKeys.all, "preview", asked],
    queryFn: ({ signal }) => server.schedules.preview({ body: asked, signal }),
    retry: false,
  });

/** @param from and @param to of a span, ISO 8601 */
export const calendarQuery = (server: VigilClient, from: string, to: string) =>
  queryOptions({
    queryKey: [...scheduleKeys.all, "calendar", from, to],
    queryFn: ({ signal }) => server.schedules.calendar({ query: { from, to }, signal }),
  });

/** Maintenance windows, by name. */
export const windowsQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: scheduleKeys.windows,
    queryFn: ({ signal }) => server.windows.list({ signal }),
    refetchInterval: restMs,
  });
