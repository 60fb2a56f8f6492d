import type { DeviceSummary } from "./resources/devices.ts";
import type { AttemptNews } from "./resources/provisioning.ts";
import type { Run, RunResult } from "./resources/runs.ts";

/**
 * The live feed at `GET /api/live` (server-sent events, permission device.read). Lossy by design: it tells watchers what
 * moved; the truth is what the routes answer. Each message's event name is the key, its data the value as JSON.
 * Messages are gathered for a quarter of a second, so a busy fleet costs a watcher four messages a second of each kind.
 */
export interface LiveEvents {
  /** Devices that were added or changed, at most 500 in one message. */
  readonly devices: { readonly items: readonly DeviceSummary[] };
  /** Runs whose counts changed. */
  readonly runs: { readonly items: readonly Run[] };
  /** Attempts to provision a device, with the notes that are new or have moved. */
  readonly attempts: { readonly items: readonly AttemptNews[] };
  /** Results that arrived, at most 500 in one message. */
  readonly results: { readonly run: string; readonly items: readonly RunResult[] };
  /** Some messages were left out: ask the routes again. */
  readonly gap: { readonly dropped: number };
}
export type LiveEventName = keyof LiveEvents;
export const liveEventNames = [
  "devices",
  "runs",
  "attempts",
  "results",
  "gap",
] as const satisfies readonly LiveEventName[];
export const livePath = "/api/live";

/** The server sends at least a comment line this often, so that a watcher can tell a quiet fleet from a dead cable. */
export const liveHeartbeatMs = 15_000;
/** A watcher takes a feed for lost after this long without a byte: three heartbeats. */
export const liveSilenceMs = 3 * liveHeartbeatMs;
