import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "@vigil/api/resources/runs.ts";
import { standingOf } from "./run-standing.ts";

const now = Date.UTC(2026, 0, 1);

function aRun(more: Partial<Run>): Run {
  const counts = { waiting: 1, running: 0, succeeded: 0, failed: 0, unknown: 0, cancelled: 0 };
  const none = { operation: null, parameters: null, job: null, jobVersion: null, retryOf: null, rate: null };
  return {
    ...none,
    id: "r1",
    title: "Look",
    definition: { steps: [{ name: "Look", do: "power.state" }] },
    limits: {},
    target: "All",
    startedBy: "ann",
    state: "running",
    pausedBecause: null,
    wave: 1,
    waves: [1],
    approval: null,
    leavesPower: false,
    putBack: null,
    secondsLeft: null,
    createdAt: new Date(now).toISOString(),
    startsAt: null,
    finishedAt: null,
    total: 1,
    counts,
    ...more,
  };
}

test("a run that goes on or has ended needs no word", () => {
  assert.equal(standingOf(aRun({}), now), null);
  const finishedAt = new Date(now).toISOString();
  assert.equal(standingOf(aRun({ state: "cancelled", finishedAt }), now), null);
});

test("who follows a run is told why it stands and by which command it goes on", () => {
  const paused = standingOf(aRun({ state: "paused", pausedBecause: "3 of 10 in wave 1 failed: more than 10 %" }), now);
  assert.match(paused ?? "", /^Paused: 3 of 10 in wave 1 failed.*vigil run resume r1.*vigil run cancel r1/);
  const approval = { step: "2. Ask", asked: "Shall they be reset?" };
  // It asks while others are under way, and when nothing else is.
  for (const state of ["running", "approval"] as const) {
    const asks = standingOf(aRun({ state, approval }), now);
    assert.match(asks ?? "", /not ann: Shall they be reset\? Devices wait at 2\. Ask\..*vigil run approve r1$/);
  }
});

test("a cancelled run says how many are still at something, and one of later when it begins", () => {
  const counts = { ...aRun({}).counts, running: 3 };
  const back = standingOf(aRun({ state: "cancelled", counts }), now);
  assert.match(back ?? "", /^Cancelled: 3 still .*power that they had.*vigil run cancel r1 --leave-power$/);
  assert.doesNotMatch(standingOf(aRun({ state: "cancelled", counts, leavesPower: true }), now) ?? "", /power/);
  const startsAt = new Date(now + 1).toISOString();
  assert.equal(standingOf(aRun({ startsAt }), now), `Begins at ${startsAt}`);
  assert.equal(standingOf(aRun({ startsAt }), now + 1), null);
});
