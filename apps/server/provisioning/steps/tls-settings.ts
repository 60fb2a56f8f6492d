import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { managerName } from "../../credentials/credentials.ts";
import type { Profile } from "../../profiles/profiles.ts";
import { fail } from "../errors.ts";
import { difference, usualLimitMs, type Site, type Step } from "./step.ts";

/**
 * TLS on the device's ports, from the commit on.
 *
 * A device that is met in the clear is cut over in two walks, so that it is reachable at every instant: the first switches TLS on beside
 * the plain port; only a walk over TLS, which has thereby been proved, closes that.
 *
 * Mutual TLS is for a device that is set up: in a setup it gets TLS, and then is cut over like any other. Before Vigil's certificate is
 * demanded, it is checked against what the device will judge it by; what comes after the commit stands in cut-over.ts.
 */
export const tlsSettings: Step = {
  name: "tls-settings",
  needs: ["tls-certificate", "trusted-roots"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, { calls, notes, way }) {
    const { tls } = profile;
    const state = await device.tls.state(calls);
    const { isEnabled, acceptsPlain, isMutual, certificateId, isLocalEnabled } = state;
    const isDemanded = tls.mode === "mutual" && way === "runtime";
    const wanted = isDemanded || tls.mode === "off" ? tls.mode : "server";
    const mode = difference("tls.mode", modeOf(isEnabled, isMutual), wanted);
    if (tls.mode === "off") return mode;
    const isBound = certificateId !== null && certificateId === notes.certificateId;
    return [
      ...difference("tls.boundCertificate", isBound ? "the wanted one" : (certificateId ?? "none"), "the wanted one"),
      ...mode,
      ...difference("tls.local", isLocalEnabled ? "server" : "off", tls.local),
      ...(isDemanded ? difference("tls.trustedNames", state.trustedNames, namesFor(profile)) : []),
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
    const isLocal = profile.tls.local === "server";
    const choice = { acceptsPlain: staysPlain(profile, site), isLocal };
    if (profile.tls.mode === "server" || site.way === "setup") {
      await device.tls.enable(choice, calls);
      return;
    }
    const trustedNames = namesFor(profile);
    await refuseLockOut(device, site, trustedNames);
    notes.demandsCertificate = true;
    await device.tls.enable({ ...choice, mutual: { trustedNames } }, calls);
  },
};

/** In a setup the plain port may go at once: the way in was TLS. */
function staysPlain({ tls }: Profile, { way, channel }: Site): boolean {
  return tls.isPlainPortOpen || (way === "runtime" && channel === "plain");
}

/** Vigil's own certificate bears a name, too. */
function namesFor({ tls: { trustedNames } }: Profile): readonly string[] {
  return trustedNames.length === 0 || trustedNames.includes(managerName)
    ? trustedNames
    : [...trustedNames, managerName];
}

/** @throws provisioning.cut-over.rolled-back (device): what would lock Vigil out is not begun */
async function refuseLockOut(
  device: AmtDevice,
  { calls, credentials, names }: Site,
  trusted: readonly string[],
): Promise<void> {
  const stored = await device.tls.certificates(calls);
  const roots = stored.filter(({ isTrustedRoot }) => isTrustedRoot).map(({ der }) => der);
  const trust = { roots, names: trusted, at: await device.time.get(calls) };
  const reason = await credentials.issued.whyRefused(names.uuid, trust);
  if (reason !== undefined)
    throw fail("provisioning.cut-over.rolled-back", { details: { device: names.uuid, reason } });
}

function modeOf(isEnabled: boolean, isMutual: boolean): "off" | "server" | "mutual" {
  if (!isEnabled) return "off";
  return isMutual ? "mutual" : "server";
}
