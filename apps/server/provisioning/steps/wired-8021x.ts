import { compareGuard, guardFor } from "./ieee8021x.ts";
import { difference, usualLimitMs, type Step } from "./step.ts";

const setting = "network.wired8021x";

/** How the firmware proves itself to the wired network. */
export const wired8021x: Step = {
  name: "wired-8021x",
  needs: ["tls-certificate", "trusted-roots"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { network }, site) {
    const wanted = network.wired8021x;
    const settings = await device.network.wired8021x(site.calls);
    if (wanted === null) return difference(setting, settings?.protocol ?? "none", "none");
    if (settings === undefined) return compareGuard(site, { setting, name: "wired", wanted }, undefined);
    const certificateIds = await device.network.wired8021xCertificates(site.calls);
    return compareGuard(site, { setting, name: "wired", wanted }, { settings, certificateIds });
  },
  async apply(device, { network }, site) {
    const wanted = network.wired8021x;
    if (wanted === null) await device.network.clearWired8021x(site.calls);
    else await device.network.setWired8021x(await guardFor(site, "wired", wanted), site.calls);
  },
};
