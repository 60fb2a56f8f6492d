import { difference, usualLimitMs, type Step } from "./step.ts";

/** Opens or closes the firmware's own web page. */
export const webPage: Step = {
  name: "web-page",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, { calls }) {
    const isOpen = await device.general.isWebPageOpen(calls);
    // Some firmware has none: then it is closed for good.
    return isOpen === undefined ? [] : difference("features.webPage", isOpen, profile.features.webPage);
  },
  async apply(device, profile, { calls }) {
    if (profile.features.webPage) await device.general.openWebPage(calls);
    else await device.general.closeWebPage(calls);
  },
};
