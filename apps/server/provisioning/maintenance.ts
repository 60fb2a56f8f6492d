import type { Tx } from "@vigil/postgres/postgres.ts";
import { dueAfterDays } from "../directories/directories.ts";
import { courseFor, noteMaintained, walk, type Course, type CourseDeps } from "./course.ts";
import { bring } from "./cut-over.ts";
import { meetAtRuntime } from "./meeting.ts";
import type { Step } from "./steps/step.ts";
import { proof, renaming, upkeep } from "./steps/steps.ts";

const dayMs = 86_400_000;
/** A device's clock drifts, and tickets and certificates are judged by it. @source predecessors row 52: 14 days */
const clockDays = 14;
/** A certificate is renewed this long before it ends. Chosen: a machine may be off for a month's holiday. */
export const renewalDays = 30;

/** Before which moments something is due. */
export interface DueBefore {
  /** Looked after last. */
  readonly maintained: Date;
  /** The certificate's end. */
  readonly expires: Date;
}

/** @param nowMs milliseconds since 1970 */
export function dueBefore(nowMs: number): DueBefore {
  return { maintained: new Date(nowMs - clockDays * dayMs), expires: new Date(nowMs + renewalDays * dayMs) };
}

/** Keys in the directory that were made before are due for others, ten days ahead of their time. */
export function keysBefore(rotateDays: number, nowMs: number): Date {
  return new Date(nowMs - dueAfterDays(rotateDays) * dayMs);
}

/** Passwords that were made before are to be replaced. @param rotateDays the profile's; undefined when it never does */
export function passwordsBefore(rotateDays: number, nowMs: number): Date | undefined {
  return rotateDays === 0 ? undefined : new Date(nowMs - rotateDays * dayMs);
}

/**
 * How long the devices of one round wait for their turn at most, so that a fleet is looked after in a trickle: two seconds for
 * each, an hour in all.
 */
export function spreadSeconds(devices: number): number {
  return Math.min(3_600, devices * 2);
}

/** A new name was decided on, so that it is to be written is nobody's open question. */
function stepsOf({ isNameNew, profile }: Course): readonly Step[] {
  if (!isNameNew) return upkeep;
  return profile.kerberos.isOn ? renaming : renaming.filter(({ name }) => name !== "kerberos");
}

/**
 * Looks after one provisioned device: its clock is set; a certificate that is about to end, was revoked or is of an authority that is no longer
 * in use is replaced; so is a key in the directory that is getting old, and a new name is written. What else its profile says is left alone:
 * that is drift, and somebody's decision.
 * @param options.done ends the work item, in the transaction that says so
 * @throws devices.unknown (caller), provisioning.login.lost (device), amt.*, wsman.*, directory.*
 */
export async function maintain(
  deps: CourseDeps,
  uuid: string,
  { signal, done }: { readonly signal: AbortSignal; readonly done: (tx: Tx) => Promise<void> },
): Promise<void> {
  // Whoever decides on another name meanwhile finds this item under way, and leaves that name to it.
  while (!(await maintainOnce(deps, uuid, signal, done))) signal.throwIfAborted();
}

/** @returns false when another name was decided on in the meantime */
async function maintainOnce(
  deps: CourseDeps,
  uuid: string,
  signal: AbortSignal,
  done: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  const { address, channel } = await deps.devices.get(uuid);
  const course = await courseFor(deps, uuid, address, signal);
  const first = await meetAtRuntime(deps, { uuid, address, channel, signal });
  const { meeting } = await bring(deps, course, first, { signal, steps: stepsOf(course) });
  try {
    await walk(deps, course, meeting, proof, signal);
    return await noteMaintained(deps, course, meeting.device.peerCertificate(), done);
  } finally {
    meeting.device.close();
  }
}
