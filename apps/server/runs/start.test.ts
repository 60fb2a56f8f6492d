import assert from "node:assert/strict";
import { test } from "node:test";
import { itemsOf } from "./start.ts";

const devices = Array.from({ length: 200 }, (_, index) => {
  return { uuid: `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`, hostName: null, address: "127.0.0.1" };
});
const now = Date.UTC(2026, 0, 1);
const when = {
  sizes: [50, 150],
  startsAt: null,
  now,
  random: Math.random,
  siteOf: (address: string) => `of ${address}`,
};

test("devices begin at moments of their own within the spread, counted from when the run may begin", () => {
  const startsAt = new Date(now + 3_600_000);
  for (const from of [null, startsAt]) {
    const begins = itemsOf(devices, { jitterSeconds: 60 }, { ...when, startsAt: from }).map(({ wake_at: wakeAt }) => {
      assert.ok(wakeAt !== null);
      return (wakeAt.getTime() - (from?.getTime() ?? now)) / 1000;
    });
    assert.ok(begins.every((seconds) => seconds >= 0 && seconds <= 60));
    // Of two hundred in a minute some come in each quarter of it, unless they come together.
    for (const quarter of [0, 15, 30, 45]) assert.ok(begins.some((one) => one >= quarter && one < quarter + 15));
  }
});

test("without a spread a device waits for nothing but the run's own beginning", () => {
  const startsAt = new Date(now + 1);
  assert.ok(itemsOf(devices, {}, when).every(({ wake_at: wakeAt }) => wakeAt === null));
  assert.ok(itemsOf(devices, {}, { ...when, startsAt }).every(({ wake_at: wakeAt }) => wakeAt === startsAt));
});

test("each device is in the wave that has room for it, and counts where its address is", () => {
  const items = itemsOf(devices, {}, when);
  assert.deepEqual(
    [1, 2].map((wave) => items.filter((one) => one.wave === wave).length),
    [50, 150],
  );
  assert.ok(items.every(({ site }) => site === "of 127.0.0.1"));
});
