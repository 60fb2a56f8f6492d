import assert from "node:assert/strict";
import { test } from "node:test";
import { daysLater, mondayOf, weekOf } from "./week.ts";

const local = (day: number, hour = 0, minute = 0): string => new Date(2026, 5, day, hour, minute).toISOString();

test("a week begins on Monday, whichever of its days is asked for", () => {
  const monday = new Date(2026, 5, 1);
  for (let day = 0; day < 7; day += 1) assert.deepEqual(mondayOf(daysLater(monday, day)), monday);
  assert.deepEqual(mondayOf(daysLater(monday, 7)), daysLater(monday, 7));
});

test("each day has what begins on it, in order; many times of one schedule are one line", () => {
  const fires = [
    { schedule: "Night", at: local(1, 22) },
    ...Array.from({ length: 24 }, (_, hour) => ({ schedule: "Look", at: local(2, hour, 30) })),
    { schedule: "Later", at: local(8, 1) },
  ];
  const windows = [{ window: "Nights", from: local(1, 20), to: local(2, 5) }];
  const week = weekOf(new Date(2026, 5, 1), { fires, windows });
  assert.deepEqual(
    week.map(({ entries }) => entries.map(({ kind, name, count }) => `${kind} ${name} ${count}`)),
    [["window Nights 1", "fire Night 1"], ["fire Look 24"], [], [], [], [], []],
  );
});
