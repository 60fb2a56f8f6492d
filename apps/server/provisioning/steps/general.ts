import type { GeneralChanges } from "@vigil/amt-client/capabilities/general.ts";
import { difference, differs, usualLimitMs, type Step } from "./step.ts";

/** Names of the firmware on the network, and how it shows itself there: all in one request. */
export const general: Step = {
  name: "general",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { general: wanted, network }, { names, calls }) {
    const found = await device.general.read(calls);
    return [
      ...difference("general.hostName", found.hostName, names.hostName),
      ...difference("general.domainName", found.domainName, names.domainName),
      ...difference("general.answersPing", found.answersPing, wanted.answersPing),
      ...difference("general.answersRmcpPing", found.answersRmcpPing, wanted.answersRmcpPing),
      // 0 leaves it to the firmware.
      ...(wanted.idleMinutes === 0 ? [] : difference("general.idleMinutes", found.idleMinutes, wanted.idleMinutes)),
      // Releases that cannot do it do not say it.
      ...difference("network.isDynamicDnsOn", found.isDynamicDnsOn ?? false, network.isDynamicDnsOn),
    ];
  },
  async apply(device, { general: wanted, network }, { names, calls }, found) {
    const changes: GeneralChanges = {
      ...(differs(found, "general.hostName") ? { hostName: names.hostName } : {}),
      ...(differs(found, "general.domainName") ? { domainName: names.domainName } : {}),
      ...(differs(found, "general.answersPing") ? { answersPing: wanted.answersPing } : {}),
      ...(differs(found, "general.answersRmcpPing") ? { answersRmcpPing: wanted.answersRmcpPing } : {}),
      ...(differs(found, "general.idleMinutes") ? { idleMinutes: wanted.idleMinutes } : {}),
      ...(differs(found, "network.isDynamicDnsOn") ? { isDynamicDnsOn: network.isDynamicDnsOn } : {}),
    };
    await device.general.change(changes, calls);
  },
};
