import { difference, usualLimitMs, type Step } from "./step.ts";

/** Gives the firmware its name on the network. */
export const hostName: Step = {
  name: "host-name",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, _profile, { names, calls }) {
    const settings = await device.general.read(calls);
    return [
      ...difference("general.hostName", settings.hostName, names.hostName),
      ...difference("general.domainName", settings.domainName, names.domainName),
    ];
  },
  async apply(device, _profile, { names, calls }) {
    await device.general.setHostName({ hostName: names.hostName, domainName: names.domainName }, calls);
  },
};
