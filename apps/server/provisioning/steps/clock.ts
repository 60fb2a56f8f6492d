import { usualLimitMs, type Step } from "./step.ts";

/** Chosen: certificates count in days, and firmware in whole seconds. */
const toleratedMs = 5_000;

/** Sets the device's clock to ours: certificates are judged by it. */
export const clock: Step = {
  name: "clock",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "course",
  async compare(device, _profile, site) {
    // In setup it is set even when it is right: firmware refuses to commit before its clock was set. @source protocols B.1
    if (site.way === "setup") return "due";
    const theirs = await device.time.get(site.calls);
    return Math.abs(theirs.getTime() - site.clock.now()) <= toleratedMs ? [] : "due";
  },
  async apply(device, _profile, { calls }) {
    await device.time.set(calls);
  },
};
