import assert from "node:assert/strict";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type { Run } from "@vigil/api/resources/runs.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, type Stage } from "../stage.ts";

/** What a device takes to answer, so that a run lasts. */
const answerMs = 400;
/** From the answer to "cancel" or "pause" on; what is under way then may still be answered. */
const graceMs = 1_000;
/** How long nothing may happen, to be believed. */
const stillMs = 3_000;

const twoSteps: JobDefinition = {
  steps: [
    { name: "First look", do: "power.state" },
    { name: "Second look", do: "power.state" },
  ],
};

export default defineScenario({
  name: "cancel-and-pause",
  story:
    "a cancelled run calls nobody a second later, a paused one stays so through a restart, and a wave of failures stops itself",
  smallSize: 60,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices, isEnrolled: true });
    const slowly = { misbehavior: { kind: "delay", ms: answerMs } } as const;
    for (const one of stage.fleet.devices) one.faults.set(slowly);
    const lateCalls = await cancelled(stage, devices, signal);
    say(`cancelled: ${lateCalls} calls after a second`);
    await paused(stage, devices, { say, signal });
    const failed = await stoppedWave(stage, devices, signal);
    say(`a wave stopped itself after ${failed} failures`);
    return { devices, lateCalls, failed };
  },
});

function start(stage: Stage, limits: NonNullable<JobDefinition["limits"]>): Promise<Run> {
  return stage.client.runs.start({ body: { definition: twoSteps, limits, target: { collection: "Provisioned" } } });
}

async function begun(stage: Stage, id: string, signal: AbortSignal): Promise<void> {
  const hasBegun = async (): Promise<boolean> => {
    const { counts } = await stage.client.runs.show({ params: { id } });
    return counts.succeeded > 0 && counts.waiting > 0;
  };
  await until("some have answered and some wait", hasBegun, { lookMs: 20, signal });
}

async function cancelled(stage: Stage, devices: number, signal: AbortSignal): Promise<number> {
  const { id } = await start(stage, { atOnce: Math.max(4, Math.floor(devices / 10)) });
  await begun(stage, id, signal);
  await stage.client.runs.cancel({ params: { id } });
  const clock = systemClock();
  await clock.sleep(graceMs, signal);
  const then = stage.fleet.stats().requests;
  await clock.sleep(stillMs, signal);
  // Those that were being answered when a second was over have asked before.
  const late = stage.fleet.stats().requests - then;
  assert.equal(late, 0, `${late} requests came more than ${graceMs} ms after the run was cancelled`);
  await until("the run ends", async () => (await stage.client.runs.show({ params: { id } })).finishedAt !== null, {
    signal,
  });
  const { counts, state } = await stage.client.runs.show({ params: { id } });
  assert.equal(state, "cancelled");
  assert.ok(counts.cancelled > 0 && counts.succeeded > 0, JSON.stringify(counts));
  assert.equal(counts.cancelled + counts.succeeded, devices, JSON.stringify(counts));
  return late;
}

async function paused(
  stage: Stage,
  devices: number,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { id } = await start(stage, { atOnce: Math.max(4, Math.floor(devices / 10)) });
  const run = (): Promise<Run> => stage.client.runs.show({ params: { id } });
  await begun(stage, id, signal);
  await stage.client.runs.pause({ params: { id } });
  // At once, so that some are between their steps, and in the queue.
  await stage.crash();
  const clock = systemClock();
  await clock.sleep(graceMs + answerMs, signal);
  const { counts, state } = await run();
  assert.equal(state, "paused");
  const then = stage.fleet.stats().requests;
  await clock.sleep(stillMs, signal);
  assert.equal(stage.fleet.stats().requests, then, "a paused run asked devices after a restart");
  assert.deepEqual((await run()).counts, counts);
  say(`paused through a restart with ${counts.succeeded} done and ${counts.waiting} waiting`);
  await stage.client.runs.resume({ params: { id } });
  await until("the run ends", async () => (await run()).finishedAt !== null, {
    limitMs: 60_000 + devices * 100,
    signal,
  });
  const end = await run();
  assert.deepEqual([end.state, end.counts.succeeded], ["finished", devices]);
}

/** A tenth goes first, and too many of it fail. */
async function stoppedWave(stage: Stage, devices: number, signal: AbortSignal): Promise<number> {
  for (const one of stage.fleet.devices) one.faults.set({ misbehavior: { kind: "drop" } });
  const limits = { waves: [20, 100], stopAtFailurePercent: 10, stopAfter: 5 };
  const { id } = await start(stage, limits);
  const run = (): Promise<Run> => stage.client.runs.show({ params: { id } });
  await until("the run pauses by itself", async () => (await run()).state === "paused", { signal });
  await until("nothing is under way", async () => (await run()).counts.running === 0, { signal });
  const { counts, pausedBecause, waves, wave } = await run();
  assert.match(pausedBecause ?? "", /in wave 1 failed/);
  assert.equal(wave, 1);
  const [first = 0] = waves;
  assert.ok(counts.failed >= 5 && counts.failed <= first, JSON.stringify(counts));
  assert.equal(counts.waiting, devices - counts.failed);
  for (const one of stage.fleet.devices) one.faults.clear();
  await stage.client.runs.resume({ params: { id } });
  await until("the run ends", async () => (await run()).finishedAt !== null, {
    limitMs: 60_000 + devices * 100,
    signal,
  });
  const end = await run();
  assert.deepEqual([end.state, end.counts.succeeded, end.wave], ["finished", devices - counts.failed, 2]);
  const again = await stage.client.runs.retry({ params: { id }, query: {} });
  assert.deepEqual([again.total, again.retryOf], [counts.failed, id]);
  return counts.failed;
}
