import type { AmtDevice, CallOptions } from "@vigil/amt-client/device.ts";
import { difference, usualLimitMs, type Step } from "./step.ts";

/** @source protocols B.17 */
const collections = { all: "Intel(r) AMT:AllEvents", platform: "Intel(r) AMT:Platform", none: "none" } as const;

/** Where the device sends its alerts. Subscriptions to other places are somebody else's and are left alone. */
export const alerts: Step = {
  name: "alerts",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { alerts: wanted }, { calls }) {
    const { destination, events } = wanted;
    if (destination === null) return [];
    const own = await subscriptionsTo(device, destination, calls);
    const found = own.map((one) => one.events);
    return difference("alerts.events", found.length === 0 ? "none" : found.join(", "), collections[events]);
  },
  async apply(device, { alerts: { destination, events } }, { calls }) {
    if (destination === null) return;
    for (const one of await subscriptionsTo(device, destination, calls)) await device.events.unsubscribe(one, calls);
    if (events === "none") return;
    await device.events.subscribe(collections[events], { notifyTo: destination, mode: "push" }, calls);
  },
};

async function subscriptionsTo(device: AmtDevice, destination: string, calls: CallOptions) {
  return (await device.events.list(calls)).filter(({ notifyTo }) => notifyTo === destination);
}
