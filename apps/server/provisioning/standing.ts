import { VigilError } from "@vigil/base/errors.ts";
import type { CourseDeps } from "./course.ts";
import { knowledgeOf } from "./device-knowledge.ts";
import type { Entry } from "./entry.ts";
import { meet, meetAtRuntime, type Meeting } from "./meeting.ts";
import { meetByKey } from "./meeting-by-key.ts";
import { isPlainPortOpen } from "./plain-port.ts";

/**
 * Where a device stands that may have been unprovisioned.
 * "ours": it opens with its own secret, over the way that it is known by; "out": it is in setup and is the same device; "closed": its machine answers, and
 * nothing listens on AMT's ports, on one of which every provisioned device does.
 */
export type Standing = "ours" | "out" | "closed";

const handshakeMs = 10_000;

/** Meets the device and says where it stands. Changes nothing on it. @throws provisioning.*, amt.* when that cannot be told */
export async function standingOf(
  deps: CourseDeps,
  uuid: string,
  entry: Entry | undefined,
  signal: AbortSignal,
): Promise<Standing> {
  const device = await deps.devices.get(uuid);
  const { address, channel } = device;
  const who = { uuid, address, handshakeMs, channel, signal };
  const meeting = async (): Promise<Meeting> => {
    if (channel === "plain") {
      const plain = await onPlainPort(deps, who);
      if (plain !== undefined) return plain;
    }
    const pid = entry?.pid ?? null;
    if (pid !== null) return meetByKey(deps, { ...who, pid });
    const { domainName } = await deps.assignments.likely(uuid, address);
    const knowledge = knowledgeOf({ entry, device, domainName, domainSuffix: deps.domainSuffix });
    return meet(deps, { ...who, knowledge });
  };
  try {
    const { device: open, way } = await meeting();
    try {
      if (way === "runtime") return "ours";
      const isSame = (await open.setup.uuid({ signal })) === uuid;
      const { state } = await open.setup.readState({ signal });
      return isSame && state !== "provisioned" ? "out" : "ours";
    } finally {
      open.close();
    }
  } catch (error) {
    if (showsNoneOfOurs(error)) return "out";
    if (!(error instanceof VigilError) || error.code !== "amt.connect.refused") throw error;
    if (await isPlainPortOpen(deps.dialerTo(address), deps.clock, signal)) throw error;
    return "closed";
  }
}

/**
 * It shook hands with a certificate that Vigil did not issue, which none does that is ours; then it let us no further: none of the setup certificates
 * suits it, or its menu's password is the admin's again.
 */
function showsNoneOfOurs(error: unknown): boolean {
  if (!(error instanceof VigilError)) return false;
  if (error.code === "provisioning.login.lost") return error.details["way"] === "setup";
  return error.code.startsWith("provisioning.certificate.");
}

/** A device that was managed in the clear still may be; one in setup lets nobody in there with our secret. */
async function onPlainPort(
  deps: CourseDeps,
  who: { readonly uuid: string; readonly address: string; readonly signal: AbortSignal },
): Promise<Meeting | undefined> {
  try {
    return await meetAtRuntime(deps, { ...who, channel: "plain" });
  } catch (error) {
    const isElsewhere =
      error instanceof VigilError && /^amt\.(connect|tls)\.|^provisioning\.login\.lost$/.test(error.code);
    if (!isElsewhere || who.signal.aborted) throw error;
    return undefined;
  }
}
