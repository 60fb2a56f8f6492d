import type { StoredDefensePolicy } from "@vigil/amt-client/capabilities/system-defense.ts";
import type { AmtDevice, CallOptions } from "@vigil/amt-client/device.ts";
import { difference, unlessLacking, usualLimitMs, type Step } from "./step.ts";

/** The policy that Vigil itself puts in force, and its filters, one for each direction. At most 16 characters each. */
const policyName = "vigil-count";
const filters = { transmit: "vigil-count-tx", receive: "vigil-count-rx" } as const;
/** Chosen: the least, so that any policy of somebody else's goes first. */
const precedence = 1;

/**
 * The System Defense policy that is in force when nobody isolates the device: none, or one that counts the machine's packets and lets them
 * pass. Another policy in force is somebody's isolation: it stays, and whoever ends it puts the standing one back by applying the profile.
 *
 * Where a crash may fall: filters without a policy, or a policy that is not in force yet, are found and used by the next try.
 */
export const defense: Step = {
  name: "defense",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { defense: { standing } }, { calls, notes }) {
    // In client mode there is none. @source protocols B.1 "CCM restrictions"
    if (notes.controlMode === "client") return [];
    const policies = await unlessLacking(() => device.systemDefense.policies(calls));
    const own = policies?.find(({ name }) => name === policyName);
    if (standing === "none") return difference("defense.standing", own === undefined ? "none" : "count", "none");
    const inForce = await device.systemDefense.enforced(calls);
    if (inForce === undefined) return difference("defense.standing", "none", "count");
    // Ours, or an isolation.
    return [];
  },
  async apply(device, { defense: { standing } }, { calls }) {
    const policies = await device.systemDefense.policies(calls);
    const own = policies.find(({ name }) => name === policyName);
    if (standing === "count") {
      const policy = own?.reference ?? (await addPolicy(device, calls));
      await device.systemDefense.enforce(policy, calls);
    } else if (own !== undefined) await removePolicy(device, own, calls);
  },
};

async function addPolicy(device: AmtDevice, calls: CallOptions) {
  const present = await device.systemDefense.filters(calls);
  const filterHandles: number[] = [];
  for (const direction of ["transmit", "receive"] as const) {
    const name = filters[direction];
    const rule = { name, direction, action: "countAndPass", isReported: false } as const;
    const known = present.find((one) => one.name === name);
    filterHandles.push(known?.handle ?? (await device.systemDefense.addIpFilter(rule, calls)));
  }
  const passing = { dropsOtherTransmit: false, dropsOtherReceive: false };
  return device.systemDefense.addPolicy({ name: policyName, precedence, filterHandles, ...passing }, calls);
}

/** Its filters go with it: nothing else uses them. */
async function removePolicy(device: AmtDevice, own: StoredDefensePolicy, calls: CallOptions): Promise<void> {
  const inForce = await device.systemDefense.enforced(calls);
  const isOurs = inForce?.selectors["InstanceID"] === own.reference.selectors["InstanceID"];
  if (isOurs) await device.systemDefense.release(calls);
  await device.systemDefense.removePolicy(own.reference, calls);
  const names: readonly string[] = Object.values(filters);
  for (const { name, handle } of await device.systemDefense.filters(calls)) {
    if (names.includes(name)) await device.systemDefense.removeFilter(handle, calls);
  }
}
