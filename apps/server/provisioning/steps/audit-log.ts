import { difference, unlessLacking, usualLimitMs, type Step } from "./step.ts";

/** Whether the device records who changes its security settings. */
export const auditLog: Step = {
  name: "audit-log",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { audit }, { calls, notes }) {
    // In client mode there is none. @source protocols B.1 "CCM restrictions"
    if (notes.controlMode === "client") return [];
    const found = await unlessLacking(() => device.auditLog.state(calls));
    return difference("audit.isOn", found?.isOn ?? false, audit.isOn);
  },
  async apply(device, { audit }, { calls }) {
    await device.auditLog.switch(audit.isOn, calls);
  },
};
