import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock, testClock } from "./clock.ts";

test("a test clock stands still until it is advanced, then fires due timers in order", async () => {
  const clock = testClock(1_000);
  const fired: string[] = [];
  clock.after(20, () => fired.push(`b at ${clock.now()}`));
  clock.after(10, () => fired.push(`a at ${clock.now()}`));
  clock.after(500, () => fired.push("late"));
  await clock.advance(100);
  assert.deepEqual(fired, ["a at 1010", "b at 1020"]);
  assert.equal(clock.now(), 1_100);
  assert.equal(clock.pending(), 1);
});

test("a timer set by a timer fires in the same advance when it is due", async () => {
  const clock = testClock();
  const fired: number[] = [];
  clock.after(10, () => clock.after(10, () => fired.push(clock.monotonic())));
  await clock.advance(50);
  assert.deepEqual(fired, [20]);
});

test("every() repeats until it is cancelled", async () => {
  const clock = testClock();
  let ticks = 0;
  const cancel = clock.every(100, () => {
    ticks += 1;
  });
  await clock.advance(350);
  cancel();
  await clock.advance(1_000);
  assert.equal(ticks, 3);
  assert.equal(clock.pending(), 0);
});

test("every() may be cancelled from inside its own run", async () => {
  const clock = testClock();
  let ticks = 0;
  const cancel = clock.every(100, () => {
    ticks += 1;
    cancel();
  });
  await clock.advance(1_000);
  assert.equal(ticks, 1);
});

test("sleep() rejects with the signal's reason and leaves no timer behind", async () => {
  const clock = testClock();
  const stop = new AbortController();
  const sleeping = clock.sleep(1_000, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(sleeping, /enough/);
  assert.equal(clock.pending(), 0);
  await assert.rejects(clock.sleep(1, stop.signal), /enough/);
});

test("a deadline aborts with its own reason, or with its parent's when that comes first", async () => {
  const clock = testClock();
  const parent = new AbortController();
  using slow = clock.deadline(1_000, () => new Error("too slow"), parent.signal);
  using quick = clock.deadline(10, () => new Error("too slow"), parent.signal);
  await clock.advance(10);
  assert.match(String(quick.signal.reason), /too slow/);
  assert.equal(slow.signal.aborted, false);
  parent.abort(new Error("given up"));
  assert.match(String(slow.signal.reason), /given up/);
});

test("a disposed deadline holds no timer and never aborts", async () => {
  const clock = testClock();
  let signal: AbortSignal;
  {
    using limit = clock.deadline(10, () => new Error("too slow"));
    signal = limit.signal;
  }
  await clock.advance(100);
  assert.equal(signal.aborted, false);
  assert.equal(clock.pending(), 0);
});

test("the system clock goes forward", async () => {
  const clock = systemClock();
  const before = clock.monotonic();
  await clock.sleep(2);
  assert.ok(clock.monotonic() > before);
  assert.ok(Math.abs(clock.now() - Date.now()) < 1_000);
});
