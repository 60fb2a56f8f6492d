import { difference, unlessLacking, usualLimitMs, type Step } from "./step.ts";

/** Domains inside which the device does not call home. */
export const homeDomains: Step = {
  name: "home-domains",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { remoteAccess }, { calls }) {
    const found = await unlessLacking(() => device.remoteAccess.homeDomains(calls));
    return difference("remoteAccess.homeDomains", found ?? [], remoteAccess.homeDomains);
  },
  async apply(device, { remoteAccess }, { calls }) {
    await device.remoteAccess.setHomeDomains(remoteAccess.homeDomains, calls);
  },
};
