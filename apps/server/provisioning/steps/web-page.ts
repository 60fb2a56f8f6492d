import { usualLimitMs, type Step } from "./step.ts";

/** Opens or closes the firmware's own web page. */
export const webPage: Step = {
  name: "web-page",
  needs: ["identify"],
  limitMs: usualLimitMs,
  async check(device, profile, { calls }) {
    const isOpen = await device.general.isWebPageOpen(calls);
    // Some firmware has none: then it is closed for good.
    return (isOpen ?? false) === profile.isWebPageOpen || isOpen === undefined;
  },
  async apply(device, profile, { calls }) {
    if (profile.isWebPageOpen) await device.general.openWebPage(calls);
    else await device.general.closeWebPage(calls);
  },
};
