import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, VigilError, type ErrorReport } from "@vigil/base/errors.ts";
import type { LaneOptions } from "@vigil/work/work.ts";
import type { Devices } from "../devices/devices.ts";
import {
  isSeen,
  readingOf,
  startsWithinMs,
  unknownForMs,
  unseenForMs,
  type BootOutcome,
  type BootRecord,
} from "./boot.ts";
import { fail } from "./errors.ts";

/** Open boots are looked at here, until they have ended. */
export const checksLane = "boot-checks";

export interface ChecksDeps {
  readonly devices: Devices;
  readonly clock: Clock;
  get(id: string): Promise<BootRecord | undefined>;
  /** It is being begun by this process right now. */
  isCarried(id: string): boolean;
  /** This process shows its image. */
  isServed(id: string): boolean;
  /** How far an image is read that this process shows. */
  readingOf(id: string): { readonly bytesRead: number; readonly quietMs: number } | undefined;
  /** Notes how much has been read, for whoever comes after a crash. */
  noteRead(id: string, bytesRead: number): Promise<void>;
  /** Somebody lends the device a disk, through this server. */
  isLent(device: string): boolean;
  started(id: string, at: Date): Promise<void>;
  takeBack(id: string, outcome: BootOutcome, error: ErrorReport | null, signal: AbortSignal): Promise<void>;
  lookLater(id: string, seconds: number): Promise<void>;
}

/** Between two looks. Chosen: somebody watches. */
const everySeconds = 3;
const lookLimitMs = 15_000;

/** Looks after a boot. Idempotent: it looks, and takes back what may be taken back twice. */
export function checksLaneOptions(deps: ChecksDeps): LaneOptions<{ readonly boot: string }> {
  return {
    concurrency: 16,
    leaseSeconds: 120,
    // A machine may be off its network for weeks.
    retry: { limit: 200, firstDelaySeconds: 10, maxDelaySeconds: 6 * 3_600 },
    async handle({ payload: { boot } }, signal) {
      const record = await deps.get(boot);
      if (record === undefined || record.state === "ended") return;
      if (deps.isCarried(boot)) return deps.lookLater(boot, everySeconds);
      await check(deps, record, signal);
    },
  };
}

async function check(deps: ChecksDeps, record: BootRecord, signal: AbortSignal): Promise<void> {
  const { id, state, image, startedAt } = record;
  const interrupted = reportOf(fail("boots.interrupted", { details: { boot: id } }));
  switch (state) {
    case "returning":
      return deps.takeBack(id, "interrupted", null, signal);
    case "arranging":
      // Its process died before the power was told.
      return deps.takeBack(id, "interrupted", interrupted, signal);
    case "telling":
    case "waiting":
    case "running":
      if (image !== null && !deps.isServed(id)) return deps.takeBack(id, "interrupted", interrupted, signal);
      if (startedAt !== null) return lookAtReading(deps, record, startedAt, signal);
      return lookAt(deps, record, signal);
    case "ended":
      return;
    default:
      state satisfies never;
  }
}

/** One that ends by itself is looked at until its image has been read. */
async function lookAtReading(
  deps: ChecksDeps,
  { id, quietSeconds, bytesRead }: BootRecord,
  startedAt: Date,
  signal: AbortSignal,
): Promise<void> {
  const reading = deps.readingOf(id);
  if (quietSeconds === null || reading === undefined) return;
  const sinceStartMs = deps.clock.now() - startedAt.getTime();
  const stands = readingOf(reading, { quietSeconds, sinceStartMs });
  if (reading.bytesRead !== bytesRead) await deps.noteRead(id, reading.bytesRead);
  if (stands === "reading") return deps.lookLater(id, everySeconds);
  if (stands === "read") return deps.takeBack(id, "started", null, signal);
  const details = { boot: id, seconds: Math.round(sinceStartMs / 1000) };
  return deps.takeBack(id, "failed", reportOf(fail("boots.unread", { details })), signal);
}

/** Whether the machine has started; and what follows when it has not for too long. */
async function lookAt(deps: ChecksDeps, record: BootRecord, signal: AbortSignal): Promise<void> {
  const { id, device, to, image, state, toldAt, askedAt } = record;
  const now = deps.clock.now();
  const since = now - (toldAt ?? askedAt).getTime();
  if (isSeen(record) && (await isPending(deps, record, signal)) === false) {
    await deps.started(id, new Date(now));
    return record.quietSeconds === null ? undefined : deps.lookLater(id, everySeconds);
  }
  // Who lent it has gone before the machine has started with it.
  if (to === "image" && image === null && !deps.isLent(device)) {
    return deps.takeBack(id, "interrupted", reportOf(fail("boots.nothing-lent", { details: { device } })), signal);
  }
  const isTold = state !== "telling";
  if (isTold && !isSeen(record)) {
    if (since < unseenForMs) return deps.lookLater(id, everySeconds);
    return deps.takeBack(id, "started", null, signal);
  }
  if (since < (isTold ? startsWithinMs : unknownForMs)) return deps.lookLater(id, everySeconds);
  const details = { boot: id, seconds: Math.round(since / 1000) };
  const error = reportOf(fail(isTold ? "boots.not-started" : "boots.outcome.unknown", { details }));
  return deps.takeBack(id, isTold ? "failed" : "unknown", error, signal);
}

/** @returns undefined when the device does not say */
async function isPending(
  { devices }: ChecksDeps,
  { device }: BootRecord,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  try {
    return await devices.using(device, { signal, timeoutMs: lookLimitMs }, async (open) => {
      const { power } = await open.power.state({ signal });
      await devices.notePower(device, power);
      return (await open.boot.read({ signal })).isPending;
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof VigilError)) throw error;
    return undefined;
  }
}
