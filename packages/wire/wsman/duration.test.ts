import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, parseDuration } from "./duration.ts";

test("durations of every form in use are read", () => {
  const cases = [
    ["PT60S", 60_000],
    ["PT60.000S", 60_000],
    ["PT0.5S", 500],
    ["P0DT0H1M0S", 60_000],
    ["P1D", 86_400_000],
    ["P1DT2H3M4S", 93_784_000],
    [" PT1M ", 60_000],
  ] as const;
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

test("what is no duration, or one of no fixed length, is none", () => {
  for (const text of ["", "60", "PT60", "P1Y", "P1M", "-PT60S", "PT1S1S", "PT1S x", "P", "PT", "P1DT"]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test("durations are written in whole seconds, never shorter", () => {
  assert.equal(formatDuration(60_000), "PT60S");
  assert.equal(formatDuration(60_001), "PT61S");
  assert.equal(parseDuration(formatDuration(30_000)), 30_000);
});
