import type { Profile } from "../../profiles/profiles.ts";
import { difference, usualLimitMs, type Site, type Step } from "./step.ts";

/**
 * TLS on the device's ports, from the commit on.
 *
 * A device that is met in the clear is cut over in two walks, so that it is reachable at every instant: the first switches TLS on beside
 * the plain port; only a walk over TLS, which has thereby been proved, closes that.
 */
export const tlsSettings: Step = {
  name: "tls-settings",
  needs: ["tls-certificate"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, { calls, notes }) {
    const { tls } = profile;
    const { isEnabled, acceptsPlain, isMutual, certificateId } = await device.tls.state(calls);
    const mode = difference("tls.mode", modeOf(isEnabled, isMutual), tls.mode);
    if (tls.mode === "off") return mode;
    const isBound = certificateId !== null && certificateId === notes.certificateId;
    return [
      ...difference("tls.boundCertificate", isBound ? "the wanted one" : (certificateId ?? "none"), "the wanted one"),
      ...mode,
      ...difference("tls.isPlainPortOpen", acceptsPlain, tls.isPlainPortOpen),
    ];
  },
  async apply(device, profile, site) {
    const { calls, notes } = site;
    notes.needsCommit = true;
    if (profile.tls.mode === "off") {
      await device.tls.disable(calls);
      return;
    }
    const { certificateId } = notes;
    if (certificateId === undefined) throw new Error("the step tls-certificate left no certificate");
    await device.tls.bind(certificateId, calls);
    await device.tls.enable({ acceptsPlain: staysPlain(profile, site) }, calls);
  },
};

/** In a setup the plain port may go at once: the way in was TLS. */
function staysPlain({ tls }: Profile, { way, channel }: Site): boolean {
  return tls.isPlainPortOpen || (way === "runtime" && channel === "plain");
}

function modeOf(isEnabled: boolean, isMutual: boolean): "off" | "server" | "mutual" {
  if (!isEnabled) return "off";
  return isMutual ? "mutual" : "server";
}
