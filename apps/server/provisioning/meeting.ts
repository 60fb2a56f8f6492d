import { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import { connect, type AmtDevice, type Write } from "@vigil/amt-client/device.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import { peerCertificateOf, secured } from "@vigil/amt-client/dial/tls.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import {
  adminUser,
  loginWith,
  oneLine,
  type Credentials,
  type DeviceKnowledge,
  type DeviceSecret,
  type Proof,
} from "../credentials/credentials.ts";
import type { Channel, Devices } from "../devices/devices.ts";
import { fail } from "./errors.ts";
import type { OpenedWith, Way } from "./steps/step.ts";
import type { Trail } from "./trail.ts";

export interface MeetingDeps {
  readonly devices: Pick<Devices, "oldestTls">;
  readonly credentials: Credentials;
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly dialerTo: (address: string) => Dialer;
  readonly trail?: Trail;
}

/** Who is to be met, and where. */
export interface Appointment {
  readonly uuid: string;
  readonly address: string;
  /** What decides which setup certificate it accepts. */
  readonly knowledge: DeviceKnowledge;
  /** How long the device may take to shake hands. */
  readonly handshakeMs: number;
  /** How the device is known to be reached once it is set up. */
  readonly channel: Channel;
  readonly signal: AbortSignal;
}

/** A device that has let us in. */
export interface Meeting {
  readonly device: AmtDevice;
  readonly way: Way;
  readonly channel: Channel;
  readonly openedWith: OpenedWith;
}

/** Who is to be met once it has been set up. */
export interface RuntimeAppointment extends Omit<Appointment, "knowledge" | "handshakeMs"> {
  /** How the device is known to be reached. */
  readonly channel: Channel;
}

interface Candidate {
  readonly openedWith: OpenedWith;
  /** The id of a stored secret; absent for the factory's. */
  readonly secret?: string;
  readonly open: () => string;
}

const ports = { plain: 16_992, tls: 16_993, mutual: 16_993 } as const satisfies Readonly<Record<Channel, number>>;
/** What is tried of the factory's: with an accepted setup certificate firmware takes the empty one. @source protocols C.6 */
const factoryPasswords = ["", "admin"] as const;

/**
 * Finds the way into a device, at whatever point it was left.
 *
 * The certificate that it shows tells how far it is: one that Vigil issued is shown only after the commit, and then the runtime
 * way leads in; any other means that it is still being set up, and the setup certificate does. To see it costs a handshake,
 * not a login. Then the passwords that it may have are tried, the likeliest first, few enough not to lock it.
 * A device that would accept none of the setup certificates, by what is known of it, is shown none.
 * @throws provisioning.certificate.untrusted, .wrong-domain, .release-unsupported, .expired, .refused, provisioning.login.lost (device),
 *   credentials.login.paused (ours), amt.*
 */
export async function meet(deps: MeetingDeps, who: Appointment): Promise<Meeting> {
  if (who.channel !== "mutual") return meetAnyWay(deps, who);
  try {
    return await meetAnyWay(deps, who);
  } catch (error) {
    const isShutOut =
      isHangUp(error) || (error instanceof VigilError && error.code === "provisioning.certificate.refused");
    if (!isShutOut) throw error;
    // One that is set up, and wants the manager's certificate, hangs up on everything else.
    return meetAtRuntime(deps, who);
  }
}

async function meetAnyWay(deps: MeetingDeps, who: Appointment): Promise<Meeting> {
  const { credentials } = deps;
  const dialer = deps.dialerTo(who.address);
  const proof = await proofFor(credentials, who.knowledge);
  const present = proof instanceof VigilError ? {} : { present: presentation(proof) };
  deps.trail?.fact("setup certificate", proof instanceof VigilError ? `none: ${proof.code}` : namesOf(proof));
  const oldest = await deps.devices.oldestTls(who.uuid);
  const setupDialer = secured(dialer, { trust: "setup", oldest, ...present });
  const stream = await firstHandshake(deps, {
    namelessDialer: secured(dialer, { trust: "setup", oldest }),
    setupDialer,
    proof: proof instanceof VigilError ? undefined : proof,
    limits: who,
  });
  const shown = peerCertificateOf(stream);
  const isIssued = shown !== undefined && (await credentials.issued.standingOf(shown)) !== "foreign";
  deps.trail?.fact("it shows", isIssued ? "a certificate of Vigil's" : "a certificate of its own");
  if (isIssued) {
    stream.destroy();
    return meetAtRuntime(deps, { ...who, channel: who.channel === "mutual" ? "mutual" : "tls" });
  }
  if (proof instanceof VigilError) {
    stream.destroy();
    throw proof;
  }
  const secrets = await credentials.secretsOf(who.uuid, "admin-password");
  return opened(deps, who, {
    way: "setup",
    channel: "tls",
    dialer: startingWith(stream, setupDialer),
    candidates: inSetup(secrets),
    proof,
  });
}

interface Opening {
  readonly way: Way;
  readonly channel: Channel;
  readonly dialer: Dialer;
  readonly candidates: readonly Candidate[];
  /** What was shown, on the way of the setup. */
  readonly proof?: Proof;
}

interface FirstHandshake {
  /** Shows nothing. */
  readonly namelessDialer: Dialer;
  readonly setupDialer: Dialer;
  /** What the setup dialer shows. */
  readonly proof: Proof | undefined;
  readonly limits: HandshakeLimits;
}

export type HandshakeLimits = Pick<Appointment, "handshakeMs" | "signal">;

/**
 * A device that dislikes our setup certificate hangs up in the middle of the handshake, which looks like a broken line. So we
 * see whether it shakes hands with somebody who shows nothing, and once more whether it still hangs up on us.
 */
async function firstHandshake(
  deps: MeetingDeps,
  { namelessDialer, setupDialer, proof, limits }: FirstHandshake,
): Promise<Duplex> {
  try {
    return await shakeHands(deps, setupDialer, limits);
  } catch (cause) {
    if (proof === undefined || !isHangUp(cause)) throw cause;
    const nameless = await shakeHands(deps, namelessDialer, limits);
    nameless.destroy();
    try {
      return await shakeHands(deps, setupDialer, limits);
    } catch (again) {
      throw isHangUp(again) ? refused(proof, again) : again;
    }
  }
}

/** Both sides of what is likeliest to be wrong: the name, of which no device says anything. */
function refused(proof: Proof | undefined, cause: unknown): VigilError {
  const name = proof?.verdict.reasons.find(({ id }) => id === "name");
  const details = name === undefined ? {} : { found: name.found, expected: name.expected, todo: name.next };
  return fail("provisioning.certificate.refused", { details, cause });
}

function isHangUp(error: unknown): boolean {
  return error instanceof VigilError && ["amt.connect.reset", "amt.tls.refused", "amt.tls.failed"].includes(error.code);
}

/**
 * The way that all later work takes. Over TLS only a certificate from Vigil for this very device will do. A device that is known by its plain
 * port may have got TLS in the meantime, and have closed it; one that is known by TLS is never asked in the clear.
 */
export async function meetAtRuntime(deps: MeetingDeps, who: RuntimeAppointment): Promise<Meeting> {
  if (who.channel !== "plain") return meetOverTls(deps, who);
  try {
    return await meetInTheClear(deps, who);
  } catch (error) {
    if (!(error instanceof VigilError) || !/^amt\.connect\.(refused|reset)$/.test(error.code)) throw error;
    return meetOverTls(deps, { ...who, channel: "tls" });
  }
}

async function meetOverTls(deps: MeetingDeps, who: RuntimeAppointment): Promise<Meeting> {
  const { credentials, devices, dialerTo } = deps;
  const { caPem, serverName } = await credentials.issued.trust(who.uuid);
  const oldest = await devices.oldestTls(who.uuid);
  // Shown when the device asks for it, as one with mutual TLS does.
  const present = who.channel === "mutual" ? { present: await credentials.issued.presentation(who.uuid) } : {};
  const dialer = secured(dialerTo(who.address), { trust: { caPem }, serverName, oldest, ...present });
  const secrets = await credentials.secretsOf(who.uuid, "admin-password");
  const candidates = secrets.map(candidateOf);
  const meeting = await opened(deps, who, { way: "runtime", channel: who.channel, dialer, candidates });
  // What it shows now is what it will be met with: the ones before are done with.
  await credentials.issued.shown(who.uuid, meeting.device.peerCertificate());
  return meeting;
}

/** Nothing but its own word says who answers there: at least that is asked for. @throws provisioning.identity.mismatch (device) */
async function meetInTheClear(deps: MeetingDeps, who: RuntimeAppointment): Promise<Meeting> {
  const dialer = deps.dialerTo(who.address);
  const secrets = await deps.credentials.secretsOf(who.uuid, "admin-password");
  const candidates = secrets.map(candidateOf);
  const meeting = await opened(deps, who, { way: "runtime", channel: "plain", dialer, candidates });
  const uuid = await meeting.device.setup.uuid({ signal: who.signal });
  if (uuid === who.uuid) return meeting;
  meeting.device.close();
  throw fail("provisioning.identity.mismatch", { details: { expected: who.uuid, got: uuid } });
}

/** What may open a device in setup. A pending secret goes first: if the device has it, nothing else opens it. */
export function inSetup(
  secrets: readonly DeviceSecret[],
  given: readonly string[] = factoryPasswords,
): readonly Candidate[] {
  const isOpen = ({ state }: DeviceSecret): boolean => state === "pending" || state === "applied";
  const factory = given.map((password) => ({ openedWith: "factory" as const, open: () => password }));
  const older = secrets.filter((one) => !isOpen(one));
  return [...secrets.filter(isOpen).map(candidateOf), ...factory, ...older.map(candidateOf)];
}

function candidateOf({ id, state, secret }: DeviceSecret): Candidate {
  return { openedWith: state, secret: id, open: () => secret.open("log in") };
}

export async function opened(
  deps: MeetingDeps,
  { uuid, signal }: Pick<Appointment, "uuid" | "signal">,
  by: Opening,
): Promise<Meeting> {
  const { clock, credentials, postgres } = deps;
  const { attempts } = credentials;
  const tries = attempts.inOrder(uuid, by.candidates).slice(0, attempts.left(uuid));
  deps.trail?.fact("way", by.way);
  deps.trail?.fact("port", String(ports[by.channel]));
  const onWrite = (write: Write): void => deps.trail?.wrote(write);
  const said: string[] = [];
  let shown: Shown = {};
  for (const { openedWith, secret, open } of tries) {
    const credential = loginWith(adminUser, open());
    const device = connect({ dialer: by.dialer, port: ports[by.channel], credential, clock, signal, onWrite });
    try {
      const isIn = await letsIn(device, by);
      said.push(`${openedWith} password: ${isIn ? "taken" : "refused"}`);
      deps.trail?.fact(adminUser, said.join(", "));
      if (!isIn) {
        attempts.refused(uuid);
        shown = shownBy(device);
        continue;
      }
      attempts.opened(uuid, secret);
      if (openedWith === "pending") await postgres.transaction((tx) => credentials.applied(tx, uuid, "admin-password"));
      return { device, way: by.way, channel: by.channel, openedWith };
    } catch (error) {
      device.close();
      throw error;
    }
  }
  const tried = tries.map((one) => one.openedWith);
  throw fail("provisioning.login.lost", { details: { way: by.way, tried, ...shown } });
}

/** What a device shows to everybody: all that is known of one that lets nobody in. */
interface Shown {
  readonly release?: string;
  readonly certificate?: string;
  readonly issuer?: string;
}

function shownBy(device: AmtDevice): Shown {
  const der = device.peerCertificate();
  const { release } = device;
  if (der === undefined) return release === undefined ? {} : { release };
  const { subject, issuer } = new X509Certificate(der);
  return { ...(release === undefined ? {} : { release }), certificate: oneLine(subject), issuer: oneLine(issuer) };
}

/** Logs in by asking for something that every device answers. */
async function letsIn(device: AmtDevice, { way, proof }: Opening): Promise<boolean> {
  try {
    await (way === "setup" ? readTwice(device, proof) : device.general.read());
    return true;
  } catch (error) {
    if (!(error instanceof VigilError) || error.code !== "amt.login.refused") throw error;
    device.close();
    return false;
  }
}

/**
 * A device that dislikes our setup certificate may say so only after the handshake, by hanging up. A line that broke once proves
 * nothing, so it is asked again on a new one.
 */
async function readTwice(device: AmtDevice, proof: Proof | undefined): Promise<void> {
  try {
    await device.general.read();
  } catch (error) {
    if (!isHangUp(error)) throw error;
    try {
      await device.general.read();
    } catch (again) {
      throw isHangUp(again) ? refused(proof, again) : again;
    }
  }
}

/** The setup certificate for that device, or why there is none: a device that is past its setup needs none. */
async function proofFor(credentials: Credentials, knowledge: DeviceKnowledge): Promise<Proof | VigilError> {
  try {
    return await credentials.setup.proofFor(knowledge);
  } catch (error) {
    if (error instanceof VigilError && error.code.startsWith("provisioning.certificate.")) return error;
    throw error;
  }
}

/** The names that the certificate bears, as the device compares them. */
function namesOf({ verdict }: Proof): string {
  return verdict.reasons.find(({ id }) => id === "name")?.found ?? "one of Vigil's";
}

function presentation(proof: Proof): { readonly chainPem: string; readonly keyPem: string } {
  return { chainPem: proof.chainPem, keyPem: proof.key.open("prove ourselves") };
}

export async function shakeHands(
  { clock }: MeetingDeps,
  dialer: Dialer,
  { handshakeMs, signal }: HandshakeLimits,
): Promise<Duplex> {
  const late = (): VigilError =>
    fail("provisioning.step.timeout", { details: { step: "handshake", limitMs: handshakeMs } });
  using limit = clock.deadline(handshakeMs, late, signal);
  const stream = await dialer(ports.tls, limit.signal);
  // A device may hang up before anybody asks it anything; whoever uses the stream next will notice.
  return stream.on("error", () => {});
}

/** The stream that is open already serves the first request. */
export function startingWith(stream: Duplex, dialer: Dialer): Dialer {
  let first: Duplex | undefined = stream;
  const dial = (port: number, signal: AbortSignal): Promise<Duplex> => {
    const ready = first;
    first = undefined;
    return ready === undefined ? dialer(port, signal) : Promise.resolve(ready);
  };
  return dialer.host === undefined ? dial : Object.assign(dial, { host: dialer.host });
}
