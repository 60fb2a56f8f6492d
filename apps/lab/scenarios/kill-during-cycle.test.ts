import assert from "node:assert/strict";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { systemClock } from "@vigil/base/clock.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { hostStartsOf } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { besideOthers, setStage, until } from "../stage.ts";

const kills = 10;
/** How long every second device takes to answer, so that each kill surely falls between commands and their answers. */
const answerMs = 1_500;
/** From when its part of the devices has ended until a kill: it shall fall anywhere. */
const mostBetweenMs = 1_000;

const definition: JobDefinition = {
  steps: [
    { name: "Look", do: "power.state" },
    { name: "Cycle", do: "power.cycle" },
    { name: "Running again", waitFor: { power: "on" }, limitSeconds: 300, always: true },
  ],
};

export default defineScenario({
  name: "kill-during-cycle",
  story:
    "a server killed ten times in the middle of a job cycles no machine twice, and says of every one what is known",
  smallSize: 60,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices, isEnrolled: true, fleet: besideOthers(devices) });
    const { devices: all } = stage.fleet;
    const before = new Map(all.map((one) => [one.firmware.uuid, hostStartsOf(one)]));
    const cyclesOf = (one: VirtualDevice): number => hostStartsOf(one) - (before.get(one.firmware.uuid) ?? 0);
    for (const one of all.filter((_, index) => index % 2 === 0))
      one.faults.set({ misbehavior: { kind: "delay", ms: answerMs }, matching: "RequestPowerStateChange" });
    // So few at once that there is something left for each kill.
    const limits = { atOnce: Math.max(2, Math.ceil(devices / 20)) };
    const body = { definition, limits, target: { collection: "Provisioned" } };
    const { id } = await stage.client.runs.start({ body });
    const run = async () => stage.client.runs.show({ params: { id } });
    const clock = systemClock();
    for (let kill = 1; kill <= kills; kill += 1) {
      const share = Math.floor((devices * kill) / (kills + 1));
      const hasCome = async (): Promise<boolean> => endedIn((await run()).counts) >= share;
      await until(`${share} devices have ended`, hasCome, { limitMs: 60_000 + devices * 200, signal });
      await clock.sleep(Math.random() * mostBetweenMs, signal);
      const { counts, finishedAt } = await run();
      assert.equal(finishedAt, null, "the run ended before the last kill");
      say(`kill ${kill}: ${counts.succeeded} succeeded, ${counts.unknown} unknown, ${counts.running} running`);
      await stage.crash();
    }
    await until("the run ends", async () => (await run()).finishedAt !== null, {
      limitMs: 120_000 + devices * 500,
      signal,
    });
    const { counts, total } = await run();
    assert.deepEqual([total, counts.succeeded + counts.unknown], [devices, devices], JSON.stringify(counts));
    const { items } = await stage.client.runs.results({ params: { id }, query: { limit: 20_000 } });
    await until("every host stands still", () => all.every((one) => !one.firmware.power.isMoving), { signal });
    const byUuid = new Map(items.map((one) => [one.uuid, one]));
    for (const one of all) {
      const result = byUuid.get(one.firmware.uuid);
      const cycles = cyclesOf(one);
      const said = `${one.address} was cycled ${cycles} times: ${JSON.stringify(result)}`;
      if (result?.outcome === "succeeded") assert.equal(cycles, 1, said);
      else {
        assert.ok(cycles <= 1, said);
        assert.deepEqual(
          [result?.outcome, result?.error?.code, result?.step],
          ["unknown", "runs.item.interrupted", "2. Cycle"],
          said,
        );
        assert.match(result?.answer ?? "", /^Power is /, said);
      }
    }
    assert.ok(counts.unknown > 0, "no device was between command and answer when the server was killed");
    return { devices, kills, succeeded: counts.succeeded, unknown: counts.unknown };
  },
});

function endedIn({
  succeeded,
  failed,
  unknown,
}: {
  readonly succeeded: number;
  readonly failed: number;
  readonly unknown: number;
}): number {
  return succeeded + failed + unknown;
}
