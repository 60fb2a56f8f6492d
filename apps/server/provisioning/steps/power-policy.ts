import type { PowerScheme } from "@vigil/amt-client/capabilities/power.ts";
import type { Profile } from "../../profiles/profiles.ts";
import { fail } from "../errors.ts";
import { difference, usualLimitMs, type Site, type Step } from "./step.ts";

type Wanted = Exclude<Profile["general"]["powerPolicy"], "leave">;

/**
 * In which sleep states of the machine the firmware is awake. The schemes are the machine maker's, so each is known by its name: the one
 * that wakes in no sleep state, and the one that wakes in the deepest.
 */
export const powerPolicy: Step = {
  name: "power-policy",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { general }, site) {
    const { powerPolicy: policy } = general;
    if (policy === "leave") return [];
    const schemes = await device.power.schemes(site.calls);
    const current = schemes.find(({ isCurrent }) => isCurrent)?.name ?? "none";
    return difference("general.powerPolicy", current, schemeFor(policy, schemes, site).name);
  },
  async apply(device, { general }, site) {
    const { powerPolicy: policy } = general;
    if (policy === "leave") return;
    const schemes = await device.power.schemes(site.calls);
    await device.power.setScheme(schemeFor(policy, schemes, site).id, site.calls);
  },
};

/** @throws provisioning.profile.unsupported (device) */
function schemeFor(policy: Wanted, schemes: readonly PowerScheme[], { names }: Site): PowerScheme {
  const found =
    policy === "on"
      ? schemes.find(({ name }) => !sleeps.test(name))
      : schemes.filter(({ name }) => sleeps.test(name)).toSorted((a, b) => deepest(b) - deepest(a))[0];
  if (found !== undefined) return found;
  const has = schemes.map(({ name }) => name);
  const details = { device: names.uuid, settings: ["general.powerPolicy"], wanted: policy, has };
  throw fail("provisioning.profile.unsupported", { details });
}

/** "Desktop: ON in S0, ME Wake in S3, S4-5": whatever stands beside S0. @source protocols B.4; the names of other makers UNVERIFIED */
const sleeps = /\bS[345]/;

/** The deepest sleep state in the name of a scheme. */
function deepest({ name }: PowerScheme): number {
  return Math.max(...(name.match(/(?<=[S-])\d/g) ?? ["0"]).map(Number));
}
