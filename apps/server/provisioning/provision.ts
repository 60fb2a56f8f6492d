import { VigilError } from "@vigil/base/errors.ts";
import { channelOf, comeBack, newCourseFor, noteApplied, noteChannel, walk, type CourseDeps } from "./course.ts";
import { knowledgeOf } from "./device-knowledge.ts";
import { bring, channelNow } from "./cut-over.ts";
import type { Entry } from "./entry.ts";
import { fail } from "./errors.ts";
import { foreignOr } from "./foreign.ts";
import { meet, meetAtRuntime, type Meeting } from "./meeting.ts";
import { meetByKey } from "./meeting-by-key.ts";
import { afterCommit, untilCommit } from "./steps/steps.ts";

export interface Task {
  readonly entry: Entry;
  readonly signal: AbortSignal;
  readonly onStep: (name: string) => Promise<void>;
  /** How long the device may take to shake hands. */
  readonly handshakeMs: number;
}

/**
 * Brings one device from wherever it was left to provisioned. Run it as often as you like.
 * @throws provisioning.*, profiles.*, amt.*, wsman.*; what has been done by then stays done
 */
export async function provision(deps: CourseDeps, { entry, signal, onStep, handshakeMs }: Task): Promise<void> {
  const { uuid, address } = entry;
  await refuseContradicted(deps, entry, signal);
  const device = await deps.devices.get(uuid);
  const { domainName } = await deps.assignments.likely(uuid, address);
  const knowledge = knowledgeOf({ entry, device, domainName, domainSuffix: deps.domainSuffix });
  const who = { uuid, address, handshakeMs, channel: device.channel, signal };
  let meeting: Meeting;
  try {
    meeting = await (entry.pid === null
      ? meet(deps, { ...who, knowledge })
      : meetByKey(deps, { ...who, pid: entry.pid }));
  } catch (error) {
    throw foreignOr(error, device, await deps.credentials.secretsOf(uuid, "admin-password"));
  }
  try {
    const course = await newCourseFor(deps, { uuid, address, signal }, meeting.device);
    // From afar there is no other.
    course.notes.controlMode = "admin";
    if (meeting.way === "setup" && meeting.openedWith === "factory") {
      await deps.postgres.transaction(async (tx) => {
        await deps.credentials.retire(tx, uuid);
        await deps.credentials.retireCertificates(tx, uuid, "unprovisioned");
        // Somebody has unprovisioned it past us.
        if (device.state === "provisioned") await deps.devices.setState(tx, uuid, { state: "factory" });
      });
    }
    const wanted = channelOf(course.profile);
    // Written down before the device leaves TLS: from then on it may be looked for in the clear, or be shown our certificate.
    if (wanted !== "tls") await noteChannel(deps, uuid, wanted);
    if (meeting.way === "setup") {
      await walk(deps, course, meeting, untilCommit, { signal, onStep });
      await deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, { address }));
      meeting.device.close();
      meeting = await comeBack(deps, { uuid, address, channel: wanted, signal });
      if (wanted === "mutual") ({ meeting } = await bring(deps, course, meeting, { signal, onStep }));
    } else {
      await deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, { address }));
      ({ meeting } = await bring(deps, course, meeting, { signal, onStep }));
    }
    await noteChannel(deps, uuid, channelNow(meeting, wanted));
    await walk(deps, course, meeting, afterCommit, { signal, onStep });
    await noteApplied(deps, course);
    await deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, { setupMethod: entry.method }));
  } finally {
    meeting.device.close();
  }
}

/** A hello for a device that is ours and answers elsewhere is a forgery, or two machines share a UUID. @throws provisioning.hello.contradicted */
async function refuseContradicted(deps: CourseDeps, entry: Entry, signal: AbortSignal): Promise<void> {
  const { uuid, address } = entry;
  const device = await deps.devices.get(uuid);
  if (device.state !== "provisioned" || device.address === address) return;
  try {
    const { device: open } = await meetAtRuntime(deps, { ...device, signal });
    open.close();
  } catch (error) {
    if (signal.aborted || !(error instanceof VigilError)) throw error;
    // It is not there any more, or not ours any more: the hello may well be true.
    return;
  }
  throw fail("provisioning.hello.contradicted", { details: { device: uuid, address: device.address, hello: address } });
}
