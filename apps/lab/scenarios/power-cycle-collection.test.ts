import assert from "node:assert/strict";
import { systemClock } from "@vigil/base/clock.ts";
import { hostStartsOf } from "../proofs.ts";
import { runVigil } from "../programs.ts";
import { defineScenario } from "../scenarios.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { setStage, until, untilProvisioned } from "../stage.ts";

export default defineScenario({
  name: "power-cycle-collection",
  story:
    "the command line cycles the collection Provisioned, and every device's own event log says that it happened once",
  smallSize: 12,
  async play({ devices, say, signal }) {
    const clock = systemClock();
    await using stage = await setStage({ devices });
    await untilProvisioned(stage, devices, signal);
    const before = new Map(stage.fleet.devices.map((one) => [one.firmware.uuid, hostStartsOf(one)]));
    say("cycling");
    const started = clock.monotonic();
    const { code, stdout, stderr } = await runVigil(
      ["power", "cycle", "--collection", "Provisioned", "--wait", "--json"],
      { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token },
    );
    const seconds = (clock.monotonic() - started) / 1000;
    assert.equal(code, 0, stderr);
    const answer: unknown = JSON.parse(stdout);
    assert.ok(isAnswer(answer));
    assert.equal(answer.total, devices);
    assert.equal(answer.succeeded, devices);
    assert.equal(answer.failed, 0);
    assert.equal(new Set(answer.results.map((one) => one.uuid)).size, devices);
    assert.ok(answer.results.every((one) => one.outcome === "succeeded" && one.error === null));
    const cyclesOf = (device: VirtualDevice): number => hostStartsOf(device) - (before.get(device.firmware.uuid) ?? 0);
    const { devices: all } = stage.fleet;
    await until("every host is up again", () => all.every((one) => cyclesOf(one) > 0), { limitMs: 30_000, signal });
    for (const device of all) {
      const cycles = cyclesOf(device);
      assert.equal(cycles, 1, `${device.address} logged ${cycles} starts of its host`);
    }
    return { devices, results: answer.results.length, secondsToCycle: Number(seconds.toFixed(2)) };
  },
});

interface Answer {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly results: readonly { readonly uuid: string; readonly outcome: string; readonly error: unknown }[];
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "results" in value && Array.isArray(value.results);
}
