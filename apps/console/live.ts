import type { VigilClient } from "@vigil/api/client.ts";
import type { DeviceSummary, Device } from "@vigil/api/resources/devices.ts";
import type { Run } from "@vigil/api/resources/runs.ts";
import type { AttemptNews, DeviceProvisioning } from "@vigil/api/resources/provisioning.ts";
import type { Connection, LiveEvent } from "@vigil/api/watch.ts";
import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { newest, withAttempt, withDevices, withResults, withRuns, withSummary } from "./live-merge.ts";
import { keys, type DeviceWindow, type ResultWindow, type RunList } from "./queries.ts";

/** Whether news flows; while it does not, since when. */
export type Liveness = { readonly isLive: true } | { readonly isLive: false; readonly sinceMs: number | null };

/** Chosen: often enough to feel live, seldom enough that a busy fleet of 20,000 costs the server a few queries a second. */
const askAgainMs = 2_000;

/** Follows the live feed as long as the caller is on screen, and keeps `cache` true. */
export function useLive(server: VigilClient, cache: QueryClient): Liveness {
  const [liveness, setLiveness] = useState<Liveness>({ isLive: true });
  useEffect(() => {
    const stop = new AbortController();
    const later = askAgainLater(cache, stop.signal);
    const onConnection = (connection: Connection): void => {
      setLiveness((old) => {
        if (connection.state === "open") return { isLive: true };
        return old.isLive ? { isLive: false, sinceMs: Date.now() } : old;
      });
    };
    server
      .watch((event) => merge(cache, event, later), { signal: stop.signal, onConnection })
      // Refused: not signed in any more. Asking who we are leads to the sign-in page.
      .catch(() => cache.invalidateQueries({ queryKey: keys.me }));
    return () => stop.abort();
  }, [server, cache]);
  return liveness;
}

type Later = (queryKey: readonly unknown[]) => void;

/** Asks again for what a piece of news may have moved: at most once in `askAgainMs` for each key. */
function askAgainLater(cache: QueryClient, signal: AbortSignal): Later {
  const waiting = new Map<string, readonly unknown[]>();
  const timer = setInterval(() => {
    for (const queryKey of waiting.values()) void cache.invalidateQueries({ queryKey });
    waiting.clear();
  }, askAgainMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return (queryKey) => waiting.set(queryKey.join("/"), queryKey);
}

function merge(cache: QueryClient, event: LiveEvent, later: Later): void {
  switch (event.name) {
    case "devices":
      return mergeDevices(cache, event.data.items, later);
    case "attempts":
      return mergeAttempts(cache, event.data.items, later);
    case "runs":
      return mergeRuns(cache, event.data.items, later);
    case "results": {
      const { run, items } = event.data;
      const news = new Map(items.map((result) => [result.uuid, result]));
      cache.setQueriesData<ResultWindow>({ queryKey: keys.resultWindows(run) }, (old) => withResults(old, news));
      return later(keys.resultWindows(run));
    }
    case "gap":
      void cache.invalidateQueries();
      return;
    default:
      event satisfies never;
  }
}

function mergeDevices(cache: QueryClient, items: readonly DeviceSummary[], later: Later): void {
  const news = new Map(items.map((device) => [device.uuid, device]));
  cache.setQueriesData<DeviceWindow>({ queryKey: keys.deviceWindows }, (old) => withDevices(old, news));
  for (const one of cache.getQueryCache().findAll({ queryKey: ["devices", "one"], type: "active" })) {
    const uuid = String(one.queryKey[2]);
    if (!news.has(uuid)) continue;
    cache.setQueryData<Device>(one.queryKey, (old) => withSummary(old, news.get(uuid)));
    later(keys.device(uuid));
    later(keys.timeline(uuid));
  }
  for (const key of [keys.deviceWindows, keys.summary, keys.provisioning, keys.collections, keys.profiles]) later(key);
}

/** A device's page follows its attempt note by note; what was missed is asked for. */
function mergeAttempts(cache: QueryClient, items: readonly AttemptNews[], later: Later): void {
  for (const news of items) {
    const key = keys.deviceProvisioning(news.uuid);
    const old = cache.getQueryData<DeviceProvisioning>(key);
    if (old === undefined) continue;
    const fresh = withAttempt(old, news);
    if (fresh !== undefined) cache.setQueryData<DeviceProvisioning>(key, fresh);
    if (fresh === undefined || news.outcome !== "running") later(key);
  }
}

function mergeRuns(cache: QueryClient, items: readonly Run[], later: Later): void {
  cache.setQueryData<RunList>(keys.runs, (old) => withRuns(old, items));
  for (const run of items) {
    cache.setQueryData<Run>(keys.run(run.id), (old) => (old === undefined ? old : newest(old, run)));
    if (run.state !== "running") later(keys.resultWindows(run.id));
    if (run.operation?.startsWith("profile.") === true) later(keys.fleetDrift);
  }
  later(keys.summary);
}
