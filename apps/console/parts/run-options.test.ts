import assert from "node:assert/strict";
import { test } from "node:test";
import type { BlastRadius } from "@vigil/api/resources/job-definition.ts";
import { changedLimits, optionsIn, usualOptions } from "./run-options.ts";

const own: BlastRadius = { waves: [10, 100], atOnce: 5 };

test("where nothing is said for one run, nothing is told", () => {
  assert.deepEqual(optionsIn(usualOptions, own), { body: {}, problems: [] });
});

test("limits of one run stand in place of the job's own, one by one, and a later start is told with them", () => {
  const { body, problems } = optionsIn({ limits: { atOnce: 2 }, startsAt: "2027-01-01T00:00:00.000Z" }, own);
  assert.deepEqual(body, { limits: { waves: [10, 100], atOnce: 2 }, startsAt: "2027-01-01T00:00:00.000Z" });
  assert.deepEqual(problems, []);
  assert.equal(changedLimits({ atOnce: 2, waves: [100] }), "at once, waves");
});

test("a limit that cannot be one is a problem and is not told", () => {
  for (const limits of [{ waves: [10, 50] }, { waves: ["ten"] }, { atOnce: 0 }]) {
    const { body, problems } = optionsIn({ limits, startsAt: "" }, own);
    assert.deepEqual(body, {});
    assert.ok(problems.length > 0, JSON.stringify(limits));
  }
});
