import { VigilError } from "@vigil/base/errors.ts";
import { fail as failDevices } from "../errors.ts";
import {
  channelOf,
  comeBack,
  courseFor,
  look,
  noteApplied,
  noteChannel,
  walk,
  type Course,
  type CourseDeps,
} from "./course.ts";
import type { Drift, DriftStore } from "./drift.store.ts";
import { fail } from "./errors.ts";
import { meetAtRuntime, type Meeting } from "./meeting.ts";
import { proof, untilCommit } from "./steps/steps.ts";
import type { Difference } from "./steps/step.ts";

export interface DriftDeps extends CourseDeps {
  readonly drifts: DriftStore;
}

/** Setting TLS up, and closing the plain port. */
const mostWalks = 2;
/** How long a device may take to answer over TLS for the first time. Chosen: firmware restarts its servers within seconds. */
const proveMs = 30_000;

/**
 * Compares a provisioned device with its profile and notes what differs. Changes nothing on the device.
 * @throws devices.state.wrong, profiles.secret.missing (caller), provisioning.login.lost (device), amt.*, wsman.*
 */
export async function lookForDrift(deps: DriftDeps, uuid: string, signal: AbortSignal): Promise<Drift> {
  const { course, meeting } = await begin(deps, uuid, signal);
  try {
    const differences = await look(deps, course, meeting, untilCommit, signal);
    return await note(deps, course, differences);
  } finally {
    meeting.device.close();
  }
}

/**
 * Makes a provisioned device as its profile says, writing only what differs.
 * @returns the settings that were written
 * @throws as lookForDrift(); what has been done by then stays done
 */
export async function reconcile(deps: DriftDeps, uuid: string, signal: AbortSignal): Promise<readonly Difference[]> {
  const { course, meeting: first } = await begin(deps, uuid, signal);
  const wanted = channelOf(course.profile);
  const changed: Difference[] = [];
  let meeting = first;
  try {
    // Written down before the device leaves TLS: from then on it may be looked for in the clear.
    if (wanted === "plain") await noteChannel(deps, uuid, "plain");
    // A device that is cut over from plain to TLS is walked twice: see tls-settings.ts.
    for (let walks = 1; walks <= mostWalks; walks += 1) {
      const walked = await walk(deps, course, meeting, untilCommit, { signal });
      changed.push(...walked.changed);
      if (!walked.hasCommitted) break;
      meeting = await metAgain(deps, course, meeting, signal);
    }
    await noteChannel(deps, uuid, meeting.channel);
    await walk(deps, course, meeting, proof, { signal });
    await note(deps, course, []);
    await noteApplied(deps, course);
    return changed;
  } finally {
    meeting.device.close();
  }
}

/** After a commit. A device that cannot be met over its new TLS gets its plain port back as the only one, and says so by its code. */
async function metAgain(deps: DriftDeps, course: Course, before: Meeting, signal: AbortSignal): Promise<Meeting> {
  before.device.close();
  const { uuid, address } = course.names;
  const channel = channelOf(course.profile);
  if (before.channel === channel) return comeBack(deps, { uuid, address, channel, signal });
  try {
    return await comeBack(deps, { uuid, address, channel, signal }, proveMs);
  } catch (cause) {
    if (channel === "plain" || signal.aborted) throw cause;
    const { device } = await meetAtRuntime(deps, { uuid, address, channel: "plain", signal });
    try {
      await device.tls.disable({ signal });
      await device.setup.commitChanges({ signal });
    } finally {
      device.close();
    }
    throw fail("provisioning.cut-over.rolled-back", { details: { device: uuid, reason: reasonOf(cause) }, cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof VigilError ? cause.code : "unknown";
}

async function begin(
  deps: DriftDeps,
  uuid: string,
  signal: AbortSignal,
): Promise<{ readonly course: Course; readonly meeting: Meeting }> {
  const { state, address, channel } = await deps.devices.get(uuid);
  if (state !== "provisioned") {
    throw failDevices("devices.state.wrong", { details: { device: uuid, state, needed: "provisioned" } });
  }
  const course = await courseFor(deps, uuid, address);
  return { course, meeting: await meetAtRuntime(deps, { uuid, address, channel, signal }) };
}

async function note(deps: DriftDeps, course: Course, differences: readonly Difference[]): Promise<Drift> {
  const { name: profile, version } = course.profile;
  const lookedAt = new Date(deps.clock.now());
  const drift = { uuid: course.names.uuid, profile, version, differences, lookedAt };
  await deps.drifts.put(drift);
  return drift;
}
