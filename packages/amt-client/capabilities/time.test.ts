import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

test("the clock is ours once it has been set, and the host may be kept from it", async () => {
  const { device, clock } = aPair();
  assert.deepEqual(await device.time.source(), { isSet: false, mayHostSet: true });
  assert.notEqual((await device.time.get()).getTime(), clock.now());
  await device.time.set();
  assert.equal((await device.time.get()).getTime(), clock.now() - (clock.now() % 1_000));
  await device.time.letHostSet(false);
  assert.deepEqual(await device.time.source(), { isSet: true, mayHostSet: false });
  await device.time.letHostSet(true);
  assert.equal((await device.time.source()).mayHostSet, true);
});
