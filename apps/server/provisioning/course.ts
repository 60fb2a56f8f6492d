import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Credentials, DeviceNames } from "../credentials/credentials.ts";
import type { Channel, Devices, Facts } from "../devices/devices.ts";
import type { Assigned, Assignments } from "../assignments/assignments.ts";
import type { Profile, Profiles } from "../profiles/profiles.ts";
import { fail } from "./errors.ts";
import type { IgnorableCheck } from "./delayed.store.ts";
import type { KerberosKeys } from "./kerberos-keys.ts";
import { fixedPassword } from "./fixed-password.ts";
import { meetAtRuntime, type Meeting, type RuntimeAppointment } from "./meeting.ts";
import { isPlainPortOpen } from "./plain-port.ts";
import { certificateFacts } from "./steps/inventory.ts";
import type { Comparison, Difference, Notes, Site, Step } from "./steps/step.ts";
import { metOn, type Trail } from "./trail.ts";

export interface CourseDeps {
  readonly postgres: Postgres;
  readonly devices: Devices;
  readonly credentials: Credentials;
  readonly profiles: Profiles;
  readonly assignments: Assignments;
  readonly clock: Clock;
  readonly dialerTo: (address: string) => Dialer;
  /** The server's `--domain`: what devices are taken to be in when nothing better is known. */
  readonly domainSuffix: string;
  /** Absent where no directory is to be asked. */
  readonly kerberosKeys?: KerberosKeys;
  /** Whether a check is left out for a while; absent where none may be. */
  readonly ignores?: (check: IgnorableCheck) => Promise<boolean>;
  /** Where an attempt is noted down; absent where nobody keeps notes. */
  readonly trail?: Trail;
}

/** What a device is to become, and what has been learnt of it on the way. */
export interface Course {
  readonly names: DeviceNames;
  readonly profile: Profile;
  /** The device has not been found to bear its name yet. */
  readonly isNameNew: boolean;
  readonly fixedPassword: Site["fixedPassword"];
  readonly notes: Notes;
  readonly appliedAt: Date | null;
}

/** What a walk through steps did. */
export interface Walked {
  /** Whether the device was told to put changes into force. */
  readonly hasCommitted: boolean;
  /** The settings that were written. */
  readonly changed: readonly Difference[];
}

/** How long a device may take to come back with its new certificate. Chosen: firmware restarts its servers within seconds. */
const comeBackMs = 60_000;
const comeBackPauseMs = 500;

/**
 * By what was decided for the device; it is decided now when that was never done.
 * @throws devices.unknown, profiles.secret.missing, assignments.* (caller), assignments.webhook.* (network)
 */
export async function courseFor(deps: CourseDeps, uuid: string, address: string, signal: AbortSignal): Promise<Course> {
  return courseOf(deps, uuid, address, await deps.assignments.settled(uuid, { address, signal }));
}

/**
 * Decides anew, for a device that is set up. What rules look at and nobody has told is asked of the device first.
 * @throws as courseFor(), amt.*, wsman.*
 */
export async function newCourseFor(
  deps: CourseDeps,
  { uuid, address, signal }: { readonly uuid: string; readonly address: string; readonly signal: AbortSignal },
  device?: AmtDevice,
): Promise<Course> {
  const { profile } = await deps.assignments.likely(uuid, address);
  if (device !== undefined) await learn(deps, device, uuid, profile, signal);
  return courseOf(deps, uuid, address, await deps.assignments.decide(uuid, { address, signal }));
}

/** For a device that leaves: as it is named by now, whoever may want that name. */
export async function lastCourseFor(deps: CourseDeps, uuid: string, address: string): Promise<Course> {
  return courseOf(deps, uuid, address, await deps.assignments.last(uuid));
}

async function learn(
  { assignments, devices, postgres }: CourseDeps,
  device: AmtDevice,
  uuid: string,
  profile: Profile,
  signal: AbortSignal,
): Promise<void> {
  const wanted = await assignments.wanted(uuid, profile);
  if (!wanted.mac && !wanted.serialNumber) return;
  const serialNumber = wanted.serialNumber ? await device.inventory.serialNumber({ signal }) : "";
  const ports = wanted.mac ? await device.network.ports({ signal }) : [];
  const mac =
    ports
      .find(({ kind }) => kind === "wired")
      ?.mac.toLowerCase()
      .replaceAll("-", ":") ?? "";
  const facts = {
    ...(serialNumber === "" ? {} : { serialNumber }),
    ...(mac === "" ? {} : { macAddress: mac }),
  };
  await postgres.transaction((tx) => devices.noteFacts(tx, uuid, facts));
}

async function courseOf(deps: CourseDeps, uuid: string, address: string, assigned: Assigned): Promise<Course> {
  const record = await deps.devices.get(uuid);
  const { hostName, domainName, organizationalUnit, isNameNew } = assigned;
  const { kerberos } = assigned.profile;
  const profile = { ...assigned.profile, kerberos: { ...kerberos, organizationalUnit } };
  const controlMode = record.controlMode === "client" ? "client" : "admin";
  return {
    names: { uuid, hostName, domainName, address },
    profile,
    isNameNew,
    fixedPassword: await fixedPassword(deps, profile.name),
    notes: {
      release: record.release ?? "",
      certificateId: undefined,
      certificates: undefined,
      wifiPort: undefined,
      controlMode,
      isAtHost: false,
      isOneTimeIgnored: false,
      needsCommit: false,
      demandsCertificate: false,
    },
    appliedAt: record.profileAppliedAt,
  };
}

/** Takes the steps in order; each compares, and writes only what differs. */
export async function walk(
  deps: CourseDeps,
  course: Course,
  meeting: Meeting,
  steps: readonly Step[],
  signal: AbortSignal,
): Promise<Walked> {
  const changed: Difference[] = [];
  let hasCommitted = false;
  for (const step of steps) {
    using limit = limitOf(deps, step, signal);
    const site = siteOf(deps, course, meeting, limit.signal);
    const compare = () => step.compare(meeting.device, course.profile, site);
    const apply = (found: Comparison) => step.apply(meeting.device, course.profile, site, found);
    const found = await (deps.trail?.walked(step.name, compare, apply) ?? walked(compare, apply));
    if (found !== "due" && found.length === 0) continue;
    if (found !== "due") changed.push(...found);
    hasCommitted ||= step.name === "commit";
  }
  return { hasCommitted, changed };
}

async function walked(
  compare: () => Promise<Comparison>,
  apply: (found: Comparison) => Promise<void>,
): Promise<Comparison> {
  const found = await compare();
  if (found === "due" || found.length > 0) await apply(found);
  return found;
}

/** What the steps would change. Changes nothing. */
export async function look(
  deps: CourseDeps,
  course: Course,
  meeting: Meeting,
  steps: readonly Step[],
  signal: AbortSignal,
): Promise<Difference[]> {
  const all: Difference[] = [];
  for (const step of steps.filter(({ kind }) => kind === "setting")) {
    using limit = limitOf(deps, step, signal);
    const found = await step.compare(meeting.device, course.profile, siteOf(deps, course, meeting, limit.signal));
    if (found !== "due") all.push(...found);
  }
  return all;
}

/** Meets the device on its new way in, once it has put it into force. */
export function comeBack(deps: CourseDeps, who: RuntimeAppointment, limitMs: number = comeBackMs): Promise<Meeting> {
  const facts = { address: who.address, channel: who.channel };
  return metOn(deps.trail, "come-back", facts, () => metWithin(deps, who, limitMs));
}

async function metWithin(deps: CourseDeps, who: RuntimeAppointment, limitMs: number): Promise<Meeting> {
  const started = deps.clock.monotonic();
  for (;;) {
    try {
      return await meetAtRuntime(deps, who);
    } catch (error) {
      const isLate = deps.clock.monotonic() - started > limitMs;
      const isOnItsWay = error instanceof VigilError && /^amt\.(connect|tls|answer)\./.test(error.code);
      if (isLate || !isOnItsWay || who.signal.aborted) throw error;
      await deps.clock.sleep(comeBackPauseMs, who.signal);
    }
  }
}

/** The device is as that version of its profile says. */
export function appliedNow({ clock }: CourseDeps, { names, profile }: Course): Facts {
  const at = new Date(clock.now());
  const applied = { profile: profile.name, profileVersion: profile.version, profileAppliedAt: at };
  return { ...applied, hostName: names.hostName, maintainedAt: at };
}

export async function noteApplied(deps: CourseDeps, course: Course): Promise<void> {
  const { uuid } = course.names;
  await deps.postgres.transaction(async (tx) => {
    await deps.devices.noteFacts(tx, uuid, appliedNow(deps, course));
    await deps.assignments.noteWritten(tx, uuid, course.names);
  });
}

/**
 * The device has been looked after.
 * @param certificate that it shows, DER @param done goes with it, unless there is more to do
 * @returns false when another name was decided on in the meantime
 */
export async function noteMaintained(
  deps: CourseDeps,
  { names }: Course,
  certificate: Uint8Array | undefined,
  done: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  const shown = certificateFacts(certificate);
  const looked = { maintainedAt: new Date(deps.clock.now()), hostName: names.hostName };
  const facts = { ...looked, ...(shown === undefined ? {} : { certificate: shown }) };
  return deps.postgres.transaction(async (tx) => {
    await deps.devices.noteFacts(tx, names.uuid, facts);
    const isAsDecided = await deps.assignments.noteWritten(tx, names.uuid, names);
    if (isAsDecided) await done(tx);
    return isAsDecided;
  });
}

/** How a device is reached once it is as that profile says. */
export function channelOf({ tls }: Profile): Channel {
  const channels = { off: "plain", server: "tls", mutual: "mutual" } as const;
  return channels[tls.mode];
}

export function noteChannel(deps: CourseDeps, uuid: string, channel: Channel): Promise<void> {
  return deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, { channel }));
}

function limitOf({ clock }: CourseDeps, { name, limitMs }: Step, signal: AbortSignal) {
  return clock.deadline(limitMs, () => fail("provisioning.step.timeout", { details: { step: name, limitMs } }), signal);
}

function siteOf(deps: CourseDeps, course: Course, meeting: Meeting, signal: AbortSignal): Site {
  const { names, notes, profile } = course;
  return {
    names,
    way: meeting.way,
    channel: meeting.channel,
    openedWith: meeting.openedWith,
    calls: { signal },
    notes,
    clock: deps.clock,
    credentials: deps.credentials,
    devices: deps.devices,
    fixedPassword: course.fixedPassword,
    formerFixedPassword: () => deps.profiles.formerSecret(profile.name, "admin-password"),
    kerberosKeys: deps.kerberosKeys,
    secret: async (name) => deps.profiles.secret(profile.name, name),
    appliedAt: course.appliedAt,
    transaction: (work) => deps.postgres.transaction(work),
    isPlainPortOpen: () => isPlainPortOpen(deps.dialerTo(names.address), deps.clock, signal),
  };
}
