import assert from "node:assert/strict";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Misbehavior } from "@vigil/virtual-device/faults.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, stageDomain, until, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

/** Devices that answer: some before the crowd, some beside it. */
const reachable = 5;
const mostDelayMs = 2_000;
/** In a small crowd on a busy machine the clock says nothing about lanes: there it is only seen who was served while who waits. */
const leastTimed = 1_000;

export default defineScenario({
  name: "slow-lane",
  story: "devices that do not answer wait in a lane of their own, and one that answers is not delayed by them",
  smallSize: 60,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices: reachable, fleet: { listen: "own" } });
    const alone = await slowest(stage, stage.fleet, signal);
    say(`alone, the slowest of ${reachable} took ${alone} ms from its first hello`);
    // First their ports are closed; later they take connections and say nothing, which costs the server its patience.
    await using crowd = await aFleet(stage, devices, { kind: "refuse" });
    const areAllSlow = async (): Promise<boolean> => {
      const { counts, items } = await stage.client.provisioning.list({ query: { lane: "fast", limit: 1 } });
      return items.length === 0 && counts.waiting + counts.running + counts.failed >= devices;
    };
    await until("all others wait in the slow lane", areAllSlow, { limitMs: 120_000 + devices * 100, signal });
    say(`${devices} others wait in the slow lane`);
    for (const one of crowd.devices) one.faults.set({ misbehavior: { kind: "mute" } });
    for (const { uuid } of (await stage.client.devices.list({ query: { state: "failed", limit: 20_000 } })).items) {
      await stage.client.devices.provision({ params: { id: uuid } });
    }
    const isBusy = async (): Promise<boolean> =>
      (await stage.client.provisioning.list({ query: { limit: 1 } })).counts.running > 0;
    await until("the slow lane is at work", isBusy, { signal });
    const { counts } = await stage.client.provisioning.list({ query: { limit: 1 } });
    say(`${counts.waiting} wait and ${counts.running} are being tried; now ${reachable} more come that answer`);
    await using beside = await aFleet(stage, reachable);
    const crowded = await slowest(stage, beside, signal);
    const delayMs = crowded - alone;
    say(`beside them, the slowest took ${crowded} ms`);
    const after = (await stage.client.provisioning.list({ query: { limit: 1 } })).counts;
    assert.ok(after.waiting + after.running + after.failed >= devices, "those that do not answer still wait");
    if (devices >= leastTimed) assert.ok(delayMs <= mostDelayMs, `delayed by ${delayMs} ms`);
    return { devices, aloneMs: alone, besideMs: crowded, delayMs };
  },
});

function aFleet(stage: Stage, count: number, misbehavior?: Misbehavior): Promise<Fleet> {
  return startFleet({
    count,
    firstAddress: someAddress(count),
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [stage.rootHash],
    domainSuffix: stageDomain,
    hello: { host: "127.0.0.1", port: stage.helloPort },
    ...(misbehavior === undefined ? {} : { listen: "own", faults: () => ({ misbehavior }) }),
  });
}

/** Milliseconds from the first hello to provisioned, of the slowest. */
async function slowest(stage: Stage, fleet: Fleet, signal: AbortSignal): Promise<number> {
  const times: number[] = [];
  for (const { firmware } of fleet.devices) {
    const params = { id: firmware.uuid };
    const isDone = async (): Promise<boolean> => {
      const found = await stage.client.devices.list({ query: { search: firmware.uuid, limit: 1 } });
      return found.items[0]?.state === "provisioned";
    };
    await until(`${firmware.uuid} is provisioned`, isDone, { limitMs: 240_000, signal });
    const { firstSeenAt, provisionedAt } = await stage.client.devices.show({ params });
    times.push(Date.parse(provisionedAt ?? "") - Date.parse(firstSeenAt));
  }
  return Math.max(...times);
}
