import assert from "node:assert/strict";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { hostStartsOf } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned } from "../stage.ts";

/** How long every second device takes to answer, so that the kill surely falls between a command and its answer. */
const answerMs = 3_000;

export default defineScenario({
  name: "kill-during-power-cycle",
  story:
    "a server killed in the middle of a run says afterwards of every device what is known, and tells none of them twice",
  smallSize: 80,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    await untilProvisioned(stage, devices, signal);
    const { devices: all } = stage.fleet;
    const before = new Map(all.map((one) => [one.firmware.uuid, hostStartsOf(one)]));
    const cyclesOf = (one: VirtualDevice): number => hostStartsOf(one) - (before.get(one.firmware.uuid) ?? 0);
    for (const one of all.filter((_, index) => index % 2 === 0))
      one.faults.set({ misbehavior: { kind: "delay", ms: answerMs }, matching: "RequestPowerStateChange" });
    const { id } = await stage.client.runs.start({
      body: { operation: "power.cycle", target: { collection: "Provisioned" } },
    });
    const run = async () => stage.client.runs.show({ params: { id } });
    await until("the first answers", async () => (await run()).counts.succeeded > 0, { signal });
    const atKill = (await run()).counts;
    say(`killed: ${atKill.succeeded} succeeded, ${atKill.running} running, ${atKill.waiting} waiting`);
    await stage.crash();
    await until("the run ends", async () => (await run()).state === "finished", { limitMs: 60_000, signal });
    const { counts, total } = await run();
    assert.equal(total, devices);
    assert.equal(counts.succeeded + counts.unknown, devices, JSON.stringify(counts));
    assert.ok(counts.unknown > 0, "no device was between command and answer when the server was killed");
    const { items } = await stage.client.runs.results({ params: { id }, query: { limit: 20_000 } });
    await until("every host stands still", () => all.every((one) => !one.firmware.power.isMoving), { signal });
    for (const one of all) assert.ok(cyclesOf(one) <= 1, `${one.address} was cycled ${cyclesOf(one)} times`);
    const told = new Set(items.filter((one) => one.outcome === "succeeded").map((one) => one.uuid));
    assert.ok(all.every((one) => cyclesOf(one) === 1 || !told.has(one.firmware.uuid)));
    for (const { outcome, error, answer } of items.filter((one) => one.outcome !== "succeeded")) {
      assert.equal(error?.code, "runs.item.interrupted", outcome);
      assert.match(answer ?? "", /^Power is /);
    }
    return { devices, succeeded: counts.succeeded, unknown: counts.unknown };
  },
});
