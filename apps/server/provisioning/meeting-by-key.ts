import { securedByKey } from "@vigil/amt-client/dial/psk.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Channel } from "../devices/devices.ts";
import { fail } from "./errors.ts";
import {
  inSetup,
  meetAtRuntime,
  opened,
  shakeHands,
  startingWith,
  type HandshakeLimits,
  type Meeting,
  type MeetingDeps,
} from "./meeting.ts";

/** Who is to be met by its pre-shared key. */
export interface KeyAppointment extends HandshakeLimits {
  readonly uuid: string;
  readonly address: string;
  readonly pid: string;
  /** How the device is known to be reached once it is set up. */
  readonly channel: Channel;
}

/**
 * Finds the way into a device that holds a pre-shared key, at whatever point it was left. In setup it takes TLS by the key and nothing else;
 * after the commit by its certificate and nothing else: who is refused the one tries the other. The key is both sides' proof, so no setup
 * certificate is shown. The admin's password is the factory's, or the one that a stick gave the menu.
 * @throws provisioning.psk.unknown, provisioning.psk.wrong, provisioning.login.lost (device), amt.*
 */
export async function meetByKey(deps: MeetingDeps, who: KeyAppointment): Promise<Meeting> {
  const { credentials, devices, postgres } = deps;
  const { pid, uuid } = who;
  deps.trail?.fact("pre-shared key", pid);
  const { pps, mebxPassword } = await credentials.setupKeys.secretOf(pid);
  const dialer = securedByKey(deps.dialerTo(who.address), { pid, pps }, await devices.oldestTls(uuid));
  let stream: Awaited<ReturnType<typeof shakeHands>>;
  try {
    stream = await shakeHands(deps, dialer, who);
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    if (error.code === "amt.tls.psk-refused") throw fail("provisioning.psk.wrong", { details: { pid }, cause: error });
    if (!/^amt\.tls\.|^amt\.connect\.reset$/.test(error.code)) throw error;
    return await atRuntime(deps, who, error);
  }
  const secrets = await credentials.secretsOf(uuid, "admin-password");
  const given = [...(mebxPassword === undefined ? [] : [mebxPassword]), "admin"];
  const meeting = await opened(deps, who, {
    way: "setup",
    channel: "tls",
    dialer: startingWith(stream, dialer),
    candidates: inSetup(secrets, given),
  });
  await postgres.transaction((tx) => credentials.setupKeys.used(tx, pid, uuid));
  return meeting;
}

/** @param before what to say when that way does not lead in either */
async function atRuntime(deps: MeetingDeps, who: KeyAppointment, before: VigilError): Promise<Meeting> {
  try {
    return await meetAtRuntime(deps, { ...who, channel: who.channel === "mutual" ? "mutual" : "tls" });
  } catch (error) {
    const isElse = error instanceof VigilError && /^amt\.(tls|connect)\./.test(error.code);
    throw isElse ? before : error;
  }
}
