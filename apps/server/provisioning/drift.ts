import { fail as failDevices } from "../errors.ts";
import { channelOf, courseFor, look, noteApplied, noteChannel, walk, type Course, type CourseDeps } from "./course.ts";
import { bring, channelNow } from "./cut-over.ts";
import type { Drift, DriftStore } from "./drift.store.ts";
import { meetAtRuntime, type Meeting } from "./meeting.ts";
import { proof, untilCommit } from "./steps/steps.ts";
import type { Difference } from "./steps/step.ts";

export interface DriftDeps extends CourseDeps {
  readonly drifts: DriftStore;
}

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
  // Written down before the device leaves TLS: from then on it may be looked for in the clear, or be shown our certificate.
  if (wanted !== "tls") await noteChannel(deps, uuid, wanted);
  const { meeting, changed } = await bring(deps, course, first, { signal });
  try {
    await noteChannel(deps, uuid, channelNow(meeting, wanted));
    await walk(deps, course, meeting, proof, signal);
    await note(deps, course, []);
    await noteApplied(deps, course);
    return changed;
  } finally {
    meeting.device.close();
  }
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
  const course = await courseFor(deps, uuid, address, signal);
  return { course, meeting: await meetAtRuntime(deps, { uuid, address, channel, signal }) };
}

async function note(deps: DriftDeps, course: Course, differences: readonly Difference[]): Promise<Drift> {
  const { name: profile, version } = course.profile;
  const lookedAt = new Date(deps.clock.now());
  const drift = { uuid: course.names.uuid, profile, version, differences, lookedAt };
  await deps.drifts.put(drift);
  return drift;
}
