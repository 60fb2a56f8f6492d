import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScheduleTime, WindowSettings } from "@vigil/api/resources/schedules.ts";
import { previewOf } from "./preview.ts";

const berlin = "Europe/Berlin";
const now = Date.parse("2026-03-01T12:00Z");
const cron = (fields: string, timeZone = berlin): ScheduleTime => ({ cron: fields, timeZone });

test("the next five starts are told, in order", () => {
  const { starts } = previewOf(cron("0 22 * * mon-fri"), undefined, now);
  assert.deepEqual(
    starts.map((one) => one.at.slice(0, 16)),
    ["2026-03-02T21:00", "2026-03-03T21:00", "2026-03-04T21:00", "2026-03-05T21:00", "2026-03-06T21:00"],
  );
  assert.ok(starts.every(({ wantedAt }) => wantedAt === null));
});

test("once is one start, and none when it is over", () => {
  assert.equal(previewOf({ once: "2026-05-01T12:00:00Z" }, undefined, now).starts.length, 1);
  assert.deepEqual(previewOf({ once: "2026-01-01T12:00:00Z" }, undefined, now), { starts: [], clockChanges: [] });
});

test("a start that waits for its window says what it was meant to be", () => {
  const window: WindowSettings = { timeZone: "UTC", rules: [{ days: ["mon"], from: "20:00", to: "22:00" }] };
  const [first] = previewOf(cron("0 12 * * *", "UTC"), window, now).starts;
  assert.deepEqual(first, { at: "2026-03-02T20:00:00.000Z", wantedAt: "2026-03-02T12:00:00.000Z" });
});

test("a time that a night lacks, and one that a night has twice, are told with when it starts instead", () => {
  assert.deepEqual(previewOf(cron("30 2 * * *"), undefined, now).clockChanges, [
    { at: "2026-03-29T01:00:00.000Z", kind: "forward", wall: "02:30", starts: ["2026-03-29T01:30:00.000Z"] },
    { at: "2026-10-25T01:00:00.000Z", kind: "back", wall: "02:30", starts: ["2026-10-25T00:30:00.000Z"] },
    { at: "2027-03-28T01:00:00.000Z", kind: "forward", wall: "02:30", starts: ["2027-03-28T01:30:00.000Z"] },
  ]);
});

test("what falls elsewhere, goes by the hour, or is put off by its window is not troubled by the clocks", () => {
  const shut: WindowSettings = { timeZone: "UTC", rules: [{ days: ["wed"], from: "20:00", to: "22:00" }] };
  for (const [at, window] of [
    [cron("0 22 * * *"), undefined],
    [cron("15 * * * *"), undefined],
    [cron("*/5 2 * * *"), undefined],
    [cron("30 2 * * *"), shut],
  ] as const) {
    const { clockChanges } = previewOf(at, window, now);
    assert.deepEqual(
      clockChanges.map(({ wall, starts }) => [wall, starts.length]),
      [
        [null, 0],
        [null, 0],
        [null, 0],
      ],
    );
  }
  assert.deepEqual(previewOf(cron("30 2 * * *", "UTC"), undefined, now).clockChanges, []);
});

test("clocks that change by half an hour, and south of the equator, are told as well", () => {
  const { clockChanges } = previewOf(cron("45 1 * * *", "Australia/Lord_Howe"), undefined, now);
  assert.deepEqual(
    clockChanges.map(({ kind, wall }) => [kind, wall]),
    [
      ["back", "01:45"],
      ["forward", null],
    ],
  );
});
