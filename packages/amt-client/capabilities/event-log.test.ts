import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRecord } from "../event-record.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

test("an empty log reads as no events", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  assert.equal(firmware.state.log.length, 0);
  assert.deepEqual(await device.eventLog.read(), []);
});

test("a power cycle is in the log, newest event first", async () => {
  const { device, clock } = aPair();
  await using _ = device;
  await device.power.cycle();
  await clock.advance(10_000);
  const events = await device.eventLog.read();
  assert.ok(events.some((one) => one.text === "Machine started"));
  const times = events.map((one) => one.at.getTime());
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
});

test("read() gives no more than was asked for", async () => {
  const { device, clock } = aPair();
  await using _ = device;
  await device.power.cycle();
  await clock.advance(10_000);
  assert.equal((await device.eventLog.read(1)).length, 1);
});

test("recorded records are read in words", () => {
  const logins = decodeRecord(Buffer.from("Y8iYZf8GbwVoEP8mYaoKAAAAAAAA", "base64"));
  assert.partialDeepStrictEqual(logins, {
    at: new Date(0x6598c863 * 1_000),
    severity: "critical",
    text: "Login failed 10 times",
    entity: 0x26,
    entityInstance: 0x61,
  });
  const progress = decodeRecord(Buffer.from("IgYBZf8PbwJoAf8iAEAHAAAAAAAA", "base64"));
  assert.partialDeepStrictEqual(progress, { severity: "monitor", text: "PCI is being configured", sensorType: 15 });
  assert.equal(decodeRecord(new Uint8Array(20)), undefined);
});

test("a frozen log records nothing and cannot be cleared; a cleared one is empty", async () => {
  const { device, clock } = aPair();
  await device.power.cycle();
  await clock.advance(10_000);
  const before = (await device.eventLog.read()).length;
  await device.eventLog.freeze(true);
  assert.deepEqual(await device.eventLog.state(), { records: before, capacity: 390, isFrozen: true });
  await device.power.cycle();
  await clock.advance(10_000);
  assert.equal((await device.eventLog.read()).length, before);
  await assert.rejects(device.eventLog.clear(), errorWith("amt.event-log.refused", { status: "event-log-frozen" }));
  await device.eventLog.freeze(false);
  await device.eventLog.clear();
  assert.deepEqual(await device.eventLog.read(), []);
});

test("390 events are the most that a log holds", async () => {
  const { device, firmware } = aPair();
  for (let count = 0; count < 1_200; count += 1) firmware.noteFailedLogin();
  assert.equal((await device.eventLog.read()).length, 390);
  assert.equal((await device.eventLog.state()).records, 390);
});
