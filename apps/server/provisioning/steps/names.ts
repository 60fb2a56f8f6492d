import { difference, differs, usualLimitMs, type Step } from "./step.ts";

/** The device's name alone, for one that is renamed: what else `general` looks at is left as it is. */
export const names: Step = {
  name: "names",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, _profile, { names: wanted, calls }) {
    const found = await device.general.read(calls);
    return [
      ...difference("general.hostName", found.hostName, wanted.hostName),
      ...difference("general.domainName", found.domainName, wanted.domainName),
    ];
  },
  async apply(device, _profile, { names: wanted, calls }, found) {
    const { hostName, domainName } = wanted;
    const changes = {
      ...(differs(found, "general.hostName") ? { hostName } : {}),
      ...(differs(found, "general.domainName") ? { domainName } : {}),
    };
    await device.general.change(changes, calls);
  },
};
