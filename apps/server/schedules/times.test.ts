import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScheduleTime, WindowSettings } from "@vigil/api/resources/schedules.ts";
import { checkTime, checkZone, firesIn, isOpen, nextFire, openingsIn, opensAfter } from "./times.ts";

const berlin = "Europe/Berlin";
const nightly: ScheduleTime = { cron: "30 2 * * *", timeZone: berlin };
const nights: WindowSettings = {
  timeZone: berlin,
  rules: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "22:00", to: "05:00" }],
};

function fires(at: ScheduleTime, from: string, to: string, window?: WindowSettings): string[] {
  const limits = { fromMs: Date.parse(from), toMs: Date.parse(to), most: 100 };
  return firesIn(at, window, limits).map(iso);
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}

test("a time that a night of 23 hours lacks is an hour later, once, and the next day it is as always", () => {
  assert.deepEqual(fires(nightly, "2026-03-28T00:00Z", "2026-03-31T00:00Z"), [
    "2026-03-28T01:30",
    "2026-03-29T01:30",
    "2026-03-30T00:30",
  ]);
});

test("a time that a night of 25 hours has twice fires at the first of the two, and only then", () => {
  assert.deepEqual(fires(nightly, "2026-10-24T00:00Z", "2026-10-27T00:00Z"), [
    "2026-10-24T00:30",
    "2026-10-25T00:30",
    "2026-10-26T01:30",
  ]);
  const between = nextFire(nightly, undefined, Date.parse("2026-10-25T00:45Z"));
  assert.equal(iso(between ?? 0), "2026-10-26T01:30", "nor for who asks in between");
});

test("what goes by the hour goes by each of 23, and of 25, hours", () => {
  const hourly: ScheduleTime = { cron: "0 * * * *", timeZone: berlin };
  assert.equal(fires(hourly, "2026-03-28T23:00Z", "2026-03-29T22:00Z").length, 23);
  assert.equal(fires(hourly, "2026-10-24T22:00Z", "2026-10-25T23:00Z").length, 25);
});

test("once is once, and never again after", () => {
  const at = { once: "2026-05-01T12:00:00Z" };
  assert.deepEqual(fires(at, "2026-01-01T00:00Z", "2027-01-01T00:00Z"), ["2026-05-01T12:00"]);
  assert.equal(nextFire(at, undefined, Date.parse("2026-05-01T12:00Z")), undefined);
});

test("a window that runs past midnight is open from its evening to its morning, and on no other", () => {
  const at = (text: string): boolean => isOpen(nights, Date.parse(text));
  assert.equal(at("2026-06-05T19:59Z"), false, "Friday, a minute before ten at night");
  assert.equal(at("2026-06-05T20:00Z"), true);
  assert.equal(at("2026-06-06T02:59Z"), true, "Saturday before five in the morning is Friday's night");
  assert.equal(at("2026-06-06T03:00Z"), false);
  assert.equal(at("2026-06-06T20:30Z"), false, "Saturday's night is none");
  assert.equal(iso(opensAfter(nights, Date.parse("2026-06-06T20:30Z"))), "2026-06-08T20:00");
});

test("what falls outside its window waits until that opens, and what waits together fires once", () => {
  const hourly: ScheduleTime = { cron: "0 8-23 * * *", timeZone: berlin };
  const weekend = fires(hourly, "2026-06-06T04:00Z", "2026-06-08T22:30Z", nights);
  assert.deepEqual(weekend, ["2026-06-08T20:00", "2026-06-08T21:00"]);
});

test("a window's openings in a night of 23 and of 25 hours are as long as the clock on the wall says", () => {
  const all: WindowSettings = { timeZone: berlin, rules: [{ days: ["sun"], from: "01:00", to: "04:00" }] };
  const hoursOn = (day: string): number[] =>
    openingsIn(all, {
      fromMs: Date.parse(`${day}T00:00Z`) - 7_200_000,
      toMs: Date.parse(`${day}T12:00Z`),
      most: 9,
    }).map(({ from, to }) => (to - from) / 3_600_000);
  assert.deepEqual(hoursOn("2026-03-29"), [2]);
  assert.deepEqual(hoursOn("2026-10-25"), [4]);
  assert.deepEqual(hoursOn("2026-06-07"), [3]);
});

test("rules that touch are one opening, and one of all days without an end is always open", () => {
  const touching: WindowSettings = {
    timeZone: "UTC",
    rules: [
      { days: ["sat"], from: "10:00", to: "12:00" },
      { days: ["sat"], from: "12:00", to: "14:00" },
    ],
  };
  const limits = { fromMs: Date.parse("2026-06-01T00:00Z"), toMs: Date.parse("2026-06-08T00:00Z"), most: 9 };
  assert.deepEqual(
    openingsIn(touching, limits).map(({ from, to }) => [iso(from), iso(to)]),
    [["2026-06-06T10:00", "2026-06-06T14:00"]],
  );
  const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
  const always: WindowSettings = { timeZone: "UTC", rules: [{ days: [...days], from: "00:00", to: "00:00" }] };
  assert.deepEqual(
    openingsIn(always, limits).map(({ from, to }) => [iso(from), iso(to)]),
    [["2026-06-01T00:00", "2026-06-08T00:00"]],
  );
});

test("what is no time and no time zone is refused by name", () => {
  for (const cron of ["every day", "0 0 0 * * *", "61 2 * * *", "0 0 30 2 *"]) {
    assert.throws(() => checkTime({ cron, timeZone: "UTC" }), { code: "schedules.cron.invalid" }, cron);
  }
  for (const zone of ["Mars/Olympus", "", "Europe"]) {
    assert.throws(() => checkZone(zone), { code: "schedules.time-zone.unknown" }, zone);
  }
});
