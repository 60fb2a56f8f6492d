import { usualLimitMs, type Step } from "./step.ts";

/** Gives the firmware its name on the network. */
export const hostName: Step = {
  name: "host-name",
  needs: ["identify"],
  limitMs: usualLimitMs,
  async check(device, _profile, { names, calls }) {
    const settings = await device.general.read(calls);
    return settings.hostName === names.hostName && settings.domainName === names.domainName;
  },
  async apply(device, _profile, { names, calls }) {
    await device.general.setHostName({ hostName: names.hostName, domainName: names.domainName }, calls);
  },
};
