import { difference, unlessLacking, usualLimitMs, type Step } from "./step.ts";

const policies = { none: "none", screen: "kvm", all: "all" } as const;

/** For what the machine's user is asked. */
export const consent: Step = {
  name: "consent",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { features }, { calls, notes }) {
    // In client mode the user is always asked; the profile says so as a remark. @source protocols B.1 "CCM restrictions"
    if (notes.controlMode === "client") return [];
    const found = await unlessLacking(() => device.consent.read(calls));
    return difference("features.consent", found?.policy ?? "none", policies[features.consent]);
  },
  async apply(device, { features }, { calls }) {
    await device.consent.require(policies[features.consent], calls);
  },
};
