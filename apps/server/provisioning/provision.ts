import { VigilError } from "@vigil/base/errors.ts";
import type { Facts } from "../devices/devices.ts";
import {
  appliedNow,
  channelOf,
  comeBack,
  newCourseFor,
  noteChannel,
  walk,
  type Course,
  type CourseDeps,
} from "./course.ts";
import { knowledgeOf } from "./device-knowledge.ts";
import { bring, channelNow } from "./cut-over.ts";
import type { Entry } from "./entry.ts";
import { fail } from "./errors.ts";
import { foreignOr } from "./foreign.ts";
import { meet, meetAtRuntime, type Meeting } from "./meeting.ts";
import { meetByKey } from "./meeting-by-key.ts";
import { afterCommit, untilCommit } from "./steps/steps.ts";
import { metOn } from "./trail.ts";

export interface Task {
  readonly entry: Entry;
  readonly signal: AbortSignal;
  /** How long the device may take to shake hands. */
  readonly handshakeMs: number;
}

interface Provisioned {
  readonly facts: Facts;
  readonly names: Course["names"];
}

/**
 * Brings one device from wherever it was left to provisioned. Run it as often as you like.
 * @returns what is to be noted of it, and the name that it bears
 * @throws provisioning.*, profiles.*, amt.*, wsman.*; what has been done by then stays done
 */
export async function provision(deps: CourseDeps, { entry, signal, handshakeMs }: Task): Promise<Provisioned> {
  const { uuid, address } = entry;
  await refuseContradicted(deps, entry, signal);
  const device = await deps.devices.get(uuid);
  const { domainName } = await deps.assignments.likely(uuid, address);
  const known = knowledgeOf({ entry, device, domainName, domainSuffix: deps.domainSuffix });
  // What an operator said of the suffix keeps a certificate back; the device itself has the last word when that is ignored.
  const isDnsIgnored = (await deps.ignores?.("dns")) === true;
  const suffixes = isDnsIgnored ? known.suffixes.filter(({ source }) => source !== "device") : known.suffixes;
  const knowledge = { ...known, suffixes };
  const who = { uuid, address, handshakeMs, channel: device.channel, signal };
  const { pid } = entry;
  let meeting: Meeting;
  try {
    meeting = await metOn(deps.trail, "meet", { address, method: entry.method }, () =>
      pid === null ? meet(deps, { ...who, knowledge }) : meetByKey(deps, { ...who, pid }),
    );
  } catch (error) {
    throw foreignOr(error, device, await deps.credentials.secretsOf(uuid, "admin-password"));
  }
  try {
    const course = await newCourseFor(deps, { uuid, address, signal }, meeting.device);
    // From afar there is no other.
    course.notes.controlMode = "admin";
    course.notes.isOneTimeIgnored = (await deps.ignores?.("one-time-password")) === true;
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
      await walk(deps, course, meeting, untilCommit, signal);
      meeting.device.close();
      meeting = await comeBack(deps, { uuid, address, channel: wanted, signal });
      if (wanted === "mutual") ({ meeting } = await bring(deps, course, meeting, { signal }));
    } else {
      await deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, { address }));
      ({ meeting } = await bring(deps, course, meeting, { signal }));
    }
    const channel = channelNow(meeting, wanted);
    await deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, { address, channel }));
    await walk(deps, course, meeting, afterCommit, signal);
    return { facts: { ...appliedNow(deps, course), setupMethod: entry.method }, names: course.names };
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
    const facts = { address: device.address };
    const { device: open } = await metOn(deps.trail, "look-elsewhere", facts, () =>
      meetAtRuntime(deps, { ...device, signal }),
    );
    open.close();
  } catch (error) {
    if (signal.aborted || !(error instanceof VigilError)) throw error;
    // It is not there any more, or not ours any more: the hello may well be true.
    return;
  }
  throw fail("provisioning.hello.contradicted", { details: { device: uuid, address: device.address, hello: address } });
}
