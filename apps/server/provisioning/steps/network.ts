import { difference, usualLimitMs, type Step } from "./step.ts";

/** How the wired port gets its address. */
export const network: Step = {
  name: "network",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { network: wanted }, { calls }) {
    if (wanted.wired === "leave") return [];
    const wired = (await device.network.ports(calls)).find(({ kind }) => kind === "wired");
    return wired === undefined ? [] : difference("network.wired", wired.usesDhcp ? "dhcp" : "static", wanted.wired);
  },
  async apply(device, _profile, { calls }) {
    await device.network.useDhcp(calls);
  },
};
