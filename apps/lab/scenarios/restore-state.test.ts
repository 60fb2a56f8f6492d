import assert from "node:assert/strict";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type { RunResult, TrailEntry } from "@vigil/api/resources/runs.ts";
import { systemClock } from "@vigil/base/clock.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import type { FaultPlan } from "@vigil/virtual-device/faults.ts";
import { defineScenario } from "../scenarios.ts";
import { besideOthers, setStage, until } from "../stage.ts";

/** The machine's power as firmware has it. @source protocols B.3 */
const on = 2;
const offSoft = 8;
const task = "AMT_GeneralSettings";
/** Five ways in which a device fails, each a few times and not for ever: what comes after is to find it well again. */
const faults: readonly FaultPlan[] = [
  { misbehavior: { kind: "drop" }, matching: task, times: 3 },
  { misbehavior: { kind: "fault", name: "InternalError" }, matching: task, times: 3 },
  { misbehavior: { kind: "half", then: "close" }, matching: task, times: 3 },
  { misbehavior: { kind: "body", text: "<html>no</html>" }, matching: task, times: 3 },
  { misbehavior: { kind: "drop-after" }, matching: "RequestPowerStateChange", times: 1 },
];
/** Three of a hundred. */
const faultEvery = 33;

const definition: JobDefinition = {
  description: "Wakes each machine, waits for it, does its task and gives it back the power that it had",
  steps: [
    { name: "Wake", do: "power.on", when: { powerBefore: "off" } },
    { name: "Awake", waitFor: { power: "on" }, limitSeconds: 120 },
    { name: "Task", do: "profile.look" },
    { name: "Restore", restore: "power" },
  ],
};

export default defineScenario({
  name: "restore-state",
  story:
    "a job wakes machines, does its task and gives every one the power that it had, those that fail on the way as well",
  smallSize: 40,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices, isEnrolled: true, fleet: besideOthers(devices) });
    const { devices: all } = stage.fleet;
    const isAsleep = (index: number): boolean => index % 3 !== 0;
    const off = all.filter((_, index) => isAsleep(index));
    for (const one of off)
      one.firmware.change((state) => {
        state.powerState = offSoft;
      });
    const faulty = new Set(all.filter((_, index) => index % faultEvery === 0 || (devices < 100 && index % 8 === 1)));
    for (const [index, one] of [...faulty].entries())
      one.faults.set(faults[index % faults.length] ?? { misbehavior: { kind: "drop" } });
    say(`${off.length} of ${devices} are off, ${faulty.size} will fail on the way`);
    const clock = systemClock();
    const started = clock.monotonic();
    const { id } = await stage.client.runs.start({ body: { definition, target: { collection: "Provisioned" } } });
    const run = async () => stage.client.runs.show({ params: { id } });
    await until("the run ends", async () => (await run()).finishedAt !== null, {
      limitMs: 240_000 + devices * 300,
      lookMs: 500,
      signal,
    });
    const seconds = Math.round((clock.monotonic() - started) / 1000);
    const { counts } = await run();
    say(JSON.stringify(counts));
    const { items } = await stage.client.runs.results({ params: { id }, query: { limit: 20_000 } });
    const codes = Map.groupBy(items, ({ error }) => error?.code ?? "none");
    say([...codes].map(([code, { length }]) => `${code} ${length}`).join(", "));
    assert.equal(items.length, devices);
    await until("every host stands still", () => all.every((one) => !one.firmware.power.isMoving), { signal });
    for (const [index, one] of all.entries()) {
      const before = isAsleep(index) ? "off" : "on";
      const result = items.find(({ uuid }) => uuid === one.firmware.uuid);
      assert.ok(result !== undefined);
      assert.equal(result.powerBefore, before, one.address);
      assert.equal(powerOf(one), before, `${one.address} was ${before}: ${JSON.stringify(result)}`);
      const trail = await stage.client.runs.trail({ params: { id, device: result.uuid } });
      assertExact(trail.items, result, { before, isFaulty: faulty.has(one) });
    }
    return { devices, faulty: faulty.size, seconds, ...counts };
  },
});

function powerOf(device: VirtualDevice): "on" | "off" {
  return device.firmware.state.powerState === on ? "on" : "off";
}

/** Every step of the definition is there, has ended once, and says why it went as it did. */
function assertExact(
  trail: readonly TrailEntry[],
  result: RunResult,
  { before, isFaulty }: { readonly before: "on" | "off"; readonly isFaulty: boolean },
): void {
  const said = JSON.stringify({ trail, result });
  const last = new Map(trail.map((one) => [one.name, one]));
  assert.deepEqual([...last.keys()], ["Wake", "Awake", "Task", "Restore"], said);
  for (const one of trail) {
    assert.ok(one.outcome !== "waiting" && one.outcome !== "running", said);
    assert.ok(one.outcome === "skipped" || (one.startedAt !== null && one.finishedAt !== null), said);
    assert.equal(one.error !== null, one.outcome === "failed" || one.outcome === "unknown", said);
  }
  if (before === "on") assert.equal(last.get("Wake")?.outcome, "skipped", said);
  assert.equal(last.get("Restore")?.outcome, "succeeded", said);
  const wrong = [...last.values()].filter(({ outcome }) => outcome === "failed" || outcome === "unknown");
  if (!isFaulty) assert.deepEqual([result.outcome, wrong.length], ["succeeded", 0], said);
  assert.equal(result.outcome === "succeeded", wrong.length === 0, said);
  // What came after the failure was not begun, but the power was put back.
  if (last.get("Wake")?.outcome === "unknown") assert.equal(last.get("Task")?.outcome, "skipped", said);
}
