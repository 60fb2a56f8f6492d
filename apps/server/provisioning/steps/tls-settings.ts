import { usualLimitMs, type Step } from "./step.ts";

/** Makes the device show its new certificate and close its plain port, from the commit on. */
export const tlsSettings: Step = {
  name: "tls-settings",
  needs: ["tls-certificate"],
  limitMs: usualLimitMs,
  async check(device, profile, { calls, notes }) {
    const { isEnabled, acceptsPlain, isMutual, certificateId } = await device.tls.state(calls);
    const isBound = certificateId !== null && certificateId === notes.certificateId;
    return isBound && isEnabled && !isMutual && acceptsPlain === profile.isPlainPortOpen;
  },
  async apply(device, profile, { calls, notes }) {
    const { certificateId } = notes;
    if (certificateId === undefined) throw new Error("the step tls-certificate left no certificate");
    notes.needsCommit = true;
    await device.tls.bind(certificateId, calls);
    await device.tls.enable({ acceptsPlain: profile.isPlainPortOpen }, calls);
  },
};
