import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

test("an alarm is added, listed, wakes the machine in time, and is gone", async () => {
  const { device, firmware, clock } = aPair();
  await device.time.set();
  firmware.power.request(8);
  await clock.advance(2_000);
  const at = new Date(firmware.now() + 3_600_000 - (firmware.now() % 1000));
  await device.alarms.add({ name: "Morning", at, isRemovedAfterwards: true });
  assert.deepEqual(await device.alarms.list(), [{ name: "Morning", at, isRemovedAfterwards: true }]);
  assert.equal((await device.power.state()).power, "off");
  await clock.advance(3_600_000);
  await clock.advance(4_000);
  assert.equal((await device.power.state()).power, "on");
  assert.deepEqual(await device.alarms.list(), []);
});

test("an alarm with an interval moves on by as many turns as have passed", async () => {
  const { device, firmware, clock } = aPair();
  await device.time.set();
  const at = new Date(firmware.now() + 60_000 - (firmware.now() % 1000));
  await device.alarms.add({ name: "Daily", at, everyMinutes: 1_440, isRemovedAfterwards: false });
  await clock.advance(60_000);
  const [alarm] = await device.alarms.list();
  assert.deepEqual(alarm, {
    name: "Daily",
    at: new Date(at.getTime() + 86_400_000),
    everyMinutes: 1_440,
    isRemovedAfterwards: false,
  });
  await device.alarms.remove("Daily");
  assert.deepEqual(await device.alarms.list(), []);
});

test("a time that has passed, a name that is taken and a sixth alarm are refused with their status", async () => {
  const { device, firmware } = aPair();
  await device.time.set();
  const at = new Date(firmware.now() + 60_000);
  const alarm = (name: string) => ({ name, at, isRemovedAfterwards: true });
  const refused = (status: string) => (error: { code?: string; details?: { status?: string } }) =>
    error.code === "amt.alarms.refused" && error.details?.status === status;
  await assert.rejects(
    device.alarms.add({ ...alarm("Past"), at: new Date(firmware.now() - 1_000) }),
    refused("invalid-time"),
  );
  for (const name of ["1", "2", "3", "4", "5"]) await device.alarms.add(alarm(name));
  await assert.rejects(device.alarms.add(alarm("1")), refused("duplicate"));
  await assert.rejects(device.alarms.add(alarm("6")), refused("limit-reached"));
});

test("firmware before 8 has one alarm, which the next one replaces", async () => {
  const { device, firmware, clock } = aPair({ generation: "7" });
  await device.time.set();
  assert.deepEqual(await device.alarms.list(), []);
  const at = new Date(firmware.now() + 600_000 - (firmware.now() % 1_000));
  await device.alarms.add({ name: "Morning", at, isRemovedAfterwards: true });
  await device.alarms.add({ name: "Noon", at, everyMinutes: 60, isRemovedAfterwards: false });
  assert.deepEqual(await device.alarms.list(), [{ name: "", at, everyMinutes: 60, isRemovedAfterwards: false }]);
  await device.power.off();
  await clock.advance(600_000);
  await clock.advance(4_000);
  assert.equal((await device.power.state()).power, "on");
  assert.deepEqual((await device.alarms.list())[0]?.at, new Date(at.getTime() + 3_600_000));
  const past = device.alarms.add({ name: "Past", at: new Date(0), isRemovedAfterwards: true });
  await assert.rejects(past, errorWith("amt.alarms.refused", { status: "invalid-time" }));
  await device.alarms.remove("Noon");
  assert.deepEqual(await device.alarms.list(), []);
});
