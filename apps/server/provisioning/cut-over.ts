import { VigilError } from "@vigil/base/errors.ts";
import type { Channel } from "../devices/devices.ts";
import { channelOf, comeBack, walk, type Course, type CourseDeps } from "./course.ts";
import { fail } from "./errors.ts";
import { meetAtRuntime, type Meeting } from "./meeting.ts";
import type { Difference, Step } from "./steps/step.ts";
import { untilCommit } from "./steps/steps.ts";
import { metOn } from "./trail.ts";

/** Setting TLS up, and closing the plain port. */
const mostWalks = 2;
/** How long a device may take to answer in a new way for the first time. Chosen: firmware restarts its servers within seconds. */
const proveMs = 30_000;

interface Brought {
  /** Over the way that the profile wants. The one before it is closed. */
  readonly meeting: Meeting;
  readonly changed: readonly Difference[];
}

/**
 * Makes a device that is set up as its profile says. A change of the way in is proved before the old way is given up:
 *
 * plain -> TLS: the first walk switches TLS on beside the plain port, the second goes over TLS and closes that (tls-settings.ts).
 * TLS -> mutual TLS: that Vigil's certificate will do is checked against what the device has in its store, its names and its clock, before it is
 * demanded. Then the connection of before stays open until the device was met with it; if it cannot be met, TLS is put back over that connection.
 * @throws provisioning.cut-over.rolled-back (device), amt.*, wsman.*
 */
export async function bring(
  deps: CourseDeps,
  course: Course,
  first: Meeting,
  options: {
    readonly signal: AbortSignal;
    /** All of them unless said otherwise. */
    readonly steps?: readonly Step[];
  },
): Promise<Brought> {
  const { signal, steps = untilCommit } = options;
  const changed: Difference[] = [];
  let meeting = first;
  try {
    for (let walks = 1; walks <= mostWalks; walks += 1) {
      const walked = await walk(deps, course, meeting, steps, signal);
      changed.push(...walked.changed);
      if (!walked.hasCommitted) break;
      meeting = await metAgain(deps, course, meeting, signal);
    }
    return { meeting, changed };
  } catch (error) {
    meeting.device.close();
    throw error;
  }
}

/** How a device that was brought to its profile is known. Over TLS it is as wanted; that it answered in the clear, or not, is seen. */
export function channelNow({ channel }: Meeting, wanted: Channel): Channel {
  return channel === "plain" || wanted === "plain" ? channel : wanted;
}

/** After a commit. */
async function metAgain(deps: CourseDeps, course: Course, before: Meeting, signal: AbortSignal): Promise<Meeting> {
  const { uuid, address } = course.names;
  const channel = channelOf(course.profile);
  const who = { uuid, address, channel, signal };
  const leavesClear = before.channel === "plain" && channel !== "plain";
  if (leavesClear) {
    before.device.close();
    return provedOr(deps, who, async () => {
      const { device } = await meetAtRuntime(deps, { ...who, channel: "plain" });
      try {
        await device.tls.disable({ signal });
        await device.setup.commitChanges({ signal });
      } finally {
        device.close();
      }
    });
  }
  if (!course.notes.demandsCertificate) {
    before.device.close();
    return comeBack(deps, who);
  }
  try {
    return await provedOr(deps, who, async () => {
      const { isPlainPortOpen, local } = course.profile.tls;
      const choice = { acceptsPlain: isPlainPortOpen, isLocal: local === "server" };
      await before.device.tls.enable(choice, { signal });
      await before.device.setup.commitChanges({ signal });
    });
  } finally {
    course.notes.demandsCertificate = false;
    before.device.close();
  }
}

/** A device that cannot be met in its new way is put back to what it was, and says so by its code. */
async function provedOr(
  deps: CourseDeps,
  who: Parameters<typeof meetAtRuntime>[1],
  putBack: () => Promise<void>,
): Promise<Meeting> {
  try {
    return await comeBack(deps, who, proveMs);
  } catch (cause) {
    if (who.signal.aborted) throw cause;
    await metOn(deps.trail, "put-back", { address: who.address }, putBack);
    const reason = cause instanceof VigilError ? cause.code : "unknown";
    throw fail("provisioning.cut-over.rolled-back", { details: { device: who.uuid, reason }, cause });
  }
}
