import assert from "node:assert/strict";
import { test } from "node:test";
import { cronInWords, cronOf, daysInWords, rhythmIn, type Rhythm } from "./rhythm.ts";

const rhythms: readonly (readonly [Rhythm, string, string])[] = [
  [{ every: "day", time: "02:05" }, "5 2 * * *", "every day at 02:05"],
  [{ every: "weekday", time: "22:00" }, "0 22 * * mon-fri", "every weekday at 22:00"],
  [{ every: "week", days: ["mon", "sat"], time: "06:30" }, "30 6 * * mon,sat", "Monday and Saturday at 06:30"],
  [{ every: "month", day: 31, time: "00:00" }, "0 0 31 * *", "on day 31 of each month at 00:00"],
  [{ every: "hour", minute: 15 }, "15 * * * *", "every hour, 15 min past"],
];

test("what people say in words comes to five fields, and back", () => {
  for (const [rhythm, cron, words] of rhythms) {
    assert.equal(cronOf(rhythm), cron);
    assert.deepEqual(rhythmIn(cron), rhythm);
    assert.equal(cronInWords(cron), words);
  }
});

test("fields that have no such words stay fields", () => {
  for (const cron of [
    "*/5 * * * *",
    "0 22 1 * mon",
    "0 22 * 6 *",
    "61 2 * * *",
    "0 25 * * *",
    "0 22 * * 8",
    "0 0 0 * * *",
    "",
  ]) {
    assert.equal(rhythmIn(cron), undefined, cron);
    assert.equal(cronInWords(cron), cron);
  }
});

test("days in a row are from one to the other", () => {
  assert.equal(daysInWords(["mon", "tue", "wed", "thu", "fri"]), "Monday–Friday");
  assert.equal(daysInWords(["sat", "sun"]), "Saturday, Sunday");
  assert.equal(daysInWords(["sun", "mon", "wed"]), "Monday, Wednesday, Sunday");
  assert.equal(daysInWords(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), "every day");
});
