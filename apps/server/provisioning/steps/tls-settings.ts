import { difference, usualLimitMs, type Step } from "./step.ts";

/** Makes the device show its new certificate and close its plain port, from the commit on. */
export const tlsSettings: Step = {
  name: "tls-settings",
  needs: ["tls-certificate"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, { calls, notes }) {
    const { isEnabled, acceptsPlain, isMutual, certificateId } = await device.tls.state(calls);
    const isBound = certificateId !== null && certificateId === notes.certificateId;
    return [
      ...difference("tls.boundCertificate", isBound ? "the wanted one" : (certificateId ?? "none"), "the wanted one"),
      ...difference("tls.mode", modeOf(isEnabled, isMutual), profile.tls.mode),
      ...difference("tls.isPlainPortOpen", acceptsPlain, profile.tls.isPlainPortOpen),
    ];
  },
  async apply(device, profile, { calls, notes }) {
    const { certificateId } = notes;
    if (certificateId === undefined) throw new Error("the step tls-certificate left no certificate");
    notes.needsCommit = true;
    await device.tls.bind(certificateId, calls);
    await device.tls.enable({ acceptsPlain: profile.tls.isPlainPortOpen }, calls);
  },
};

function modeOf(isEnabled: boolean, isMutual: boolean): "off" | "server" | "mutual" {
  if (!isEnabled) return "off";
  return isMutual ? "mutual" : "server";
}
