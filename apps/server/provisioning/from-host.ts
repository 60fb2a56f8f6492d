import type { LocalAccount, SetupProof } from "@vigil/amt-client/capabilities/host-setup.ts";
import { connect, type AmtDevice, type Write } from "@vigil/amt-client/device.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import { secured } from "@vigil/amt-client/dial/tls.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { loginWith, type TrustedHash } from "../credentials/credentials.ts";
import type { Channel } from "../devices/devices.ts";
import {
  channelOf,
  comeBack,
  noteApplied,
  newCourseFor,
  noteChannel,
  walk,
  type Course,
  type CourseDeps,
} from "./course.ts";
import { knowledgeOf } from "./device-knowledge.ts";
import { bring, channelNow } from "./cut-over.ts";
import { fail } from "./errors.ts";
import { inSetup, opened } from "./meeting.ts";
import { afterCommit, untilCommit } from "./steps/steps.ts";
import { metOn } from "./trail.ts";

/** The way to a device's firmware from inside its own machine, whatever cable leads there. */
export interface HostDoor {
  /** To the local ports: 16992, or 16993 where the release speaks TLS alone. */
  readonly dialer: Dialer;
  /** The account that the firmware gives its host. */
  readonly account: LocalAccount;
  /** Where the network finds the device once it is set up. */
  readonly address: string;
  /** What software in the machine read its firmware to be; absent: it has AMT. */
  readonly kind?: "amt" | "standard" | "asf-only" | "no-amt";
}

/** "either": admin mode where one of the setup certificates is believed, else client mode. */
export type WantedMode = "admin" | "client" | "either";

export interface HostTask {
  readonly uuid: string;
  readonly door: HostDoor;
  readonly mode: WantedMode;
  readonly signal: AbortSignal;
}

const ports = { plain: 16_992, tls: 16_993, mutual: 16_993 } as const satisfies Readonly<Record<Channel, number>>;
/** How long the firmware may take to say which mode it is in, after an answer was lost. Chosen: it restarts its servers within seconds. */
const settleMs = 60_000;
const settlePauseMs = 1_000;

/**
 * Sets a device up from inside its machine: into client or admin control mode, then the same steps as from afar, and the proof over the network.
 * It asks the firmware how far it is before it does anything, so it may be run again at any point; AdminSetup is called once, and when its
 * answer is lost the mode is read until it is known.
 * @returns the mode that the device is in
 * @throws provisioning.*, profiles.*, amt.*, wsman.*; what has been done by then stays done
 */
export async function provisionFromHost(deps: CourseDeps, task: HostTask): Promise<"client" | "admin"> {
  const { uuid, door, signal } = task;
  const { kind = "amt" } = door;
  if (kind !== "amt") throw fail(`provisioning.kind.${kind}`, { details: { device: uuid } });
  const course = await newCourseFor(deps, { uuid, address: door.address, signal });
  const way = await localWay(door.dialer, signal);
  const facts = { address: "its own machine", channel: way.channel };
  const mode = await metOn(deps.trail, "activate", facts, () => activate(deps, course, task, way));
  course.notes.controlMode = mode;
  course.notes.isAtHost = true;
  const secrets = await deps.credentials.secretsOf(uuid, "admin-password");
  const opening = { way: "setup", ...way, candidates: inSetup(secrets, []) } as const;
  let meeting = await metOn(deps.trail, "meet", facts, () => opened(deps, { uuid, signal }, opening));
  try {
    const wanted = channelOf(course.profile);
    if (wanted !== "tls") await noteChannel(deps, uuid, wanted);
    await walk(deps, course, meeting, untilCommit, signal);
    meeting.device.close();
    meeting = await comeBack(deps, { uuid, address: door.address, channel: wanted, signal });
    if (wanted === "mutual") ({ meeting } = await bring(deps, course, meeting, { signal }));
    await noteChannel(deps, uuid, channelNow(meeting, wanted));
    await walk(deps, course, meeting, afterCommit, signal);
    await noteApplied(deps, course);
    return mode;
  } finally {
    meeting.device.close();
  }
}

interface LocalWay {
  readonly channel: Channel;
  readonly dialer: Dialer;
}

/** Which of the local ports is open. Nobody stands between a machine and its own firmware, so any certificate will do. */
async function localWay(dialer: Dialer, signal: AbortSignal): Promise<LocalWay> {
  try {
    (await dialer(ports.plain, signal)).destroy();
    return { channel: "plain", dialer };
  } catch (error) {
    if (!(error instanceof VigilError) || error.code !== "amt.connect.refused") throw error;
    return { channel: "tls", dialer: secured(dialer, { trust: "setup" }) };
  }
}

/** Brings the device into a control mode, unless it is in it. */
async function activate(
  deps: CourseDeps,
  course: Course,
  { uuid, door, mode: wanted, signal }: HostTask,
  { channel, dialer }: LocalWay,
): Promise<"client" | "admin"> {
  const { credentials, postgres, clock } = deps;
  const credential = loginWith(door.account.username, door.account.password);
  const onWrite = (write: Write): void => deps.trail?.wrote(write);
  const host = connect({ dialer, port: ports[channel], credential, clock, signal, onWrite });
  try {
    const got = await host.setup.uuid({ signal });
    if (got !== uuid) throw fail("provisioning.identity.mismatch", { details: { expected: uuid, got } });
    const now = (await host.hostSetup.read({ signal })).controlMode;
    const proof = wanted === "client" ? undefined : await proofOf(deps, course, host, wanted, signal);
    if (now === "admin" || (now === "client" && proof === undefined)) return now;
    const next = proof === undefined ? "client" : "admin";
    if (now === "client" && proof !== undefined) {
      return await settled(deps, host, "admin", signal, () => host.hostSetup.upgradeToAdminMode(proof, { signal }));
    }
    const { fixedPassword } = course;
    const { secret } = await postgres.transaction((tx) =>
      credentials.nextSecret(tx, uuid, "admin-password", fixedPassword),
    );
    const password = secret.open("set on the device");
    const mode = await settled(deps, host, next, signal, () =>
      proof === undefined
        ? host.hostSetup.enterClientMode(password, { signal })
        : host.hostSetup.enterAdminMode(password, proof, { signal }),
    );
    await postgres.transaction((tx) => credentials.applied(tx, uuid, "admin-password"));
    return mode;
  } finally {
    host.close();
  }
}

/** Asks once; when the answer is lost, looks until the firmware says what came of it. */
async function settled(
  { clock }: CourseDeps,
  host: AmtDevice,
  wanted: "client" | "admin",
  signal: AbortSignal,
  ask: () => Promise<void>,
): Promise<"client" | "admin"> {
  try {
    await ask();
    return wanted;
  } catch (error) {
    if (!(error instanceof VigilError) || error.code !== "amt.outcome.unknown") throw error;
    const started = clock.monotonic();
    for (;;) {
      const mode = await modeOf(host, signal);
      if (mode === wanted) return wanted;
      if (clock.monotonic() - started > settleMs) throw error;
      await clock.sleep(settlePauseMs, signal);
    }
  }
}

async function modeOf(host: AmtDevice, signal: AbortSignal): Promise<"none" | "client" | "admin"> {
  try {
    return (await host.hostSetup.read({ signal })).controlMode;
  } catch (error) {
    // The firmware restarts its servers: that it does not answer yet says nothing.
    if (error instanceof VigilError && /^amt\.(connect|tls|answer)\./.test(error.code)) return "none";
    throw error;
  }
}

/** The setup certificate that the device believes. @throws provisioning.certificate.* when there is none and admin mode is a must */
async function proofOf(
  deps: CourseDeps,
  course: Course,
  host: AmtDevice,
  wanted: WantedMode,
  signal: AbortSignal,
): Promise<SetupProof | undefined> {
  const hashes = (await host.setup.certificateHashes({ signal })).flatMap(({ algorithm, hash }): TrustedHash[] =>
    algorithm === "unknown" ? [] : [{ algorithm, hash }],
  );
  const { domainName, uuid } = course.names;
  const device = await deps.devices.get(uuid);
  const knowledge = knowledgeOf({ entry: { hashes }, device, domainName, domainSuffix: deps.domainSuffix });
  try {
    const { chainPem, key } = await deps.credentials.setup.proofFor(knowledge);
    return { chainPem, keyPem: key.open("prove ourselves") };
  } catch (error) {
    const isNone = error instanceof VigilError && error.code.startsWith("provisioning.certificate.");
    if (isNone && wanted === "either") return undefined;
    throw error;
  }
}
