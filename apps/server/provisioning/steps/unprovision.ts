import { fail } from "../errors.ts";
import { usualLimitMs, type Step } from "./step.ts";

/** Asks what keeps the device from being unprovisioned, so that a refusal names it. Releases that cannot say it are not asked in vain. */
export const unblocked: Step = {
  name: "unblocked",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "course",
  compare: () => Promise.resolve("due"),
  async apply(device, _profile, { names, calls }) {
    const blockers = await device.setup.unprovisionBlockers(calls);
    if (blockers.length === 0) return;
    throw fail("provisioning.unprovision.blocked", { details: { device: names.uuid, blockers: blockers.map(String) } });
  },
};

/** @param tell writes down that the device is about to be told, and commits, before it is */
export function unprovision(kind: "partial" | "full", tell: () => Promise<void>): Step {
  return {
    name: "unprovision",
    needs: ["identify", "unblocked"],
    limitMs: usualLimitMs,
    kind: "course",
    compare: () => Promise.resolve("due"),
    async apply(device, _profile, { calls }) {
      await tell();
      await device.setup.unprovision(kind === "full" ? "nothing" : "setup-data", calls);
    },
  };
}
