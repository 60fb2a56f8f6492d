import { operations } from "@vigil/api/operations.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { LaneOptions, Work } from "@vigil/work/work.ts";
import type { Boots } from "../boots/boots.ts";
import type { Devices } from "../devices/devices.ts";
import type { Events } from "../events.ts";
import type { Provisioning } from "../provisioning/provisioning.ts";
import { fail } from "./errors.ts";
import type { ItemEnd, OperationName } from "./run.ts";
import type { RunsStore, RunTask } from "./runs.store.ts";
import { operationBindings } from "./operations.ts";

export interface RunsLaneDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly devices: Devices;
  readonly provisioning: Provisioning;
  readonly boots: Boots;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Log;
}

interface ItemPayload {
  readonly run: string;
  readonly device: string;
}

/** "short": a question or a command. "long": a walk of many requests, some of which take firmware a minute. */
type ItemLane = "short" | "long";

const itemLanes = { short: "run-items", long: "run-items-long" } as const satisfies Readonly<Record<ItemLane, string>>;
export const readingsLane = "power-readings";

/**
 * Devices at once. Chosen: a device answers a question in some ten milliseconds, and a dead one takes a hand for its whole deadline; a walk keeps the server
 * itself at work, as provisioning does.
 */
const concurrency = { short: 64, long: 16 } as const satisfies Readonly<Record<ItemLane, number>>;
const leaseSeconds = { short: 90, long: 15 * 60 } as const satisfies Readonly<Record<ItemLane, number>>;
/** When the power is read after a command. Chosen: machines are through their switch by then. */
const readingDelaySeconds = 6;
/** How long a device may take to say what its power is. */
const readingLimitMs = 15_000;

/**
 * One item is one device's share of a run. Handled at least once, told at most once: `begin` is stored before the device is told
 * anything, and an item that has begun before is only looked after.
 */
export async function defineItemLanes(deps: RunsLaneDeps, store: RunsStore): Promise<void> {
  for (const lane of ["short", "long"] as const)
    await deps.work.define(itemLanes[lane], runItemsLane(deps, store, lane));
}

/** The lane in which a device's share of such a run waits. */
export function itemLaneOf(operation: OperationName): string {
  return itemLanes[typeof operationBindings[operation] === "function" ? "short" : "long"];
}

/** Whether the items of this lane are devices' shares of runs. */
export function isRunLane(lane: string): boolean {
  return lane === itemLanes.short || lane === itemLanes.long;
}

function runItemsLane(deps: RunsLaneDeps, store: RunsStore, lane: ItemLane): LaneOptions<ItemPayload> {
  return {
    concurrency: concurrency[lane],
    leaseSeconds: leaseSeconds[lane],
    retry: { limit: 20, firstDelaySeconds: 1, maxDelaySeconds: 60 },
    handle: ({ payload }, signal) => handle(deps, store, payload, signal),
  };
}

async function handle(
  deps: RunsLaneDeps,
  store: RunsStore,
  { run, device }: ItemPayload,
  signal: AbortSignal,
): Promise<void> {
  const task = await store.taskOf(run);
  if (task === undefined) return;
  const { operation } = task;
  const before = await store.begin(run, device, new Date(deps.clock.now()));
  if (before !== "waiting" && before !== "running") return;
  tell(deps, run, device);
  const wasInterrupted = before === "running" && operations[operation].afterInterruption === "look";
  const ending = wasInterrupted
    ? await interrupted(deps, device, signal)
    : await carriedOut(deps, task, device, signal);
  if (ending === "untold") {
    await store.giveBack(run, device);
    throw signal.reason;
  }
  await deps.postgres.transaction(async (tx) => {
    const at = new Date(deps.clock.now());
    await store.lock(tx, run);
    await store.end(tx, run, device, ending, at);
    await store.settle(tx, run, at);
    const changed = operation.startsWith("power.") && operation !== "power.state" && ending.outcome === "succeeded";
    if (changed) await deps.work.send(readingsLane, { device }, { tx, key: device, delaySeconds: readingDelaySeconds });
    tx.afterCommit(() => tell(deps, run, device));
  });
}

/** What was told may have been done. */
const unknownCodes: ReadonlySet<string> = new Set(["amt.outcome.unknown", "provisioning.unprovision.unknown"]);

/** @returns "untold" when the server stops before the device was told anything */
async function carriedOut(
  deps: RunsLaneDeps,
  task: RunTask,
  device: string,
  signal: AbortSignal,
): Promise<ItemEnd | "untold"> {
  const binding = operationBindings[task.operation];
  try {
    const { words, power, isGone } =
      typeof binding === "function"
        ? await deps.devices.using(device, { signal }, (open) => binding(open, signal))
        : await binding.ownWay(deps, device, signal, task);
    if (power !== undefined) await deps.devices.notePower(device, power);
    else if (isGone !== true) await deps.devices.noteReachable(device, true);
    return { outcome: "succeeded", answer: words, error: null };
  } catch (cause) {
    const error = reportOf(cause);
    if (error.code === "work.stopped") return "untold";
    if (error.code === "base.unexpected")
      deps.log.error("an operation failed in an unforeseen way", { device, error: cause });
    if (!unknownCodes.has(error.code)) return { outcome: "failed", answer: null, error };
    // Who opens a device for itself has looked already what came of it.
    const answer = typeof binding === "function" ? await readBack(deps, device, signal) : null;
    return { outcome: "unknown", answer, error };
  }
}

async function interrupted(deps: RunsLaneDeps, device: string, signal: AbortSignal): Promise<ItemEnd> {
  const answer = await readBack(deps, device, signal);
  return { outcome: "unknown", answer, error: reportOf(fail("runs.item.interrupted", { details: { device } })) };
}

/** What the device says of itself after a command of unknown outcome. Null when it does not answer. */
async function readBack(deps: RunsLaneDeps, device: string, signal: AbortSignal): Promise<string | null> {
  try {
    const power = await readPower(deps, device, signal);
    return `Power is ${power} now; whether by this command is not known`;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

async function readPower({ devices }: RunsLaneDeps, device: string, signal: AbortSignal): Promise<string> {
  const options = { signal, timeoutMs: readingLimitMs };
  const { power } = await devices.using(device, options, (open) => open.power.state({ signal }));
  await devices.notePower(device, power);
  return power;
}

/** Reads the power of a device that has just been told to change it. Idempotent: it only reads. */
export function readingLane(deps: RunsLaneDeps): LaneOptions<{ readonly device: string }> {
  return {
    concurrency: 16,
    leaseSeconds: 60,
    retry: { limit: 2, firstDelaySeconds: 10, maxDelaySeconds: 30 },
    isUnique: true,
    handle: async ({ payload }, signal) => void (await readPower(deps, payload.device, signal)),
  };
}

function tell({ events }: RunsLaneDeps, run: string, device: string): void {
  events.publish({ kind: "result", run, device });
  events.publish({ kind: "run", id: run });
}
