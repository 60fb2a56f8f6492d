import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { LoginAttempts } from "./login-attempts.ts";

const minute = 60_000;

test("after five refusals a device is left alone until the first of them is ten minutes old", async () => {
  const clock = testClock();
  const attempts = new LoginAttempts(clock);
  for (let left = 5; left > 0; left -= 1) {
    assert.equal(attempts.left("one"), left);
    attempts.refused("one");
    await clock.advance(minute);
  }
  assert.throws(() => attempts.left("one"), {
    code: "credentials.login.paused",
    details: { device: "one", refused: 5, seconds: 300 },
  });
  assert.equal(attempts.left("other"), 5, "others are not concerned");
  await clock.advance(5 * minute);
  assert.equal(attempts.left("one"), 1);
});

test("a device that was opened is counted anew", () => {
  const attempts = new LoginAttempts(testClock());
  for (let count = 0; count < 4; count += 1) attempts.refused("one");
  attempts.opened("one");
  assert.equal(attempts.left("one"), 5);
});

test("the secret that opened a device last is tried first, and the rest keep their order", () => {
  const attempts = new LoginAttempts(testClock());
  const candidates = [{ secret: "new" }, {}, { secret: "old" }];
  assert.deepEqual(attempts.inOrder("one", candidates), candidates);
  attempts.opened("one", "old");
  assert.deepEqual(attempts.inOrder("one", candidates), [{ secret: "old" }, { secret: "new" }, {}]);
  assert.deepEqual(attempts.inOrder("other", candidates), candidates);
});
