import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";

const service = AMT_TimeSynchronizationService;

test("a clock that nobody has set starts in 2004, and goes on", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  assert.equal((await asker.call(service, "GetLowAccuracyTimeSynch", {})).Ta0, Date.UTC(2004, 0, 1) / 1000);
  await clock.advance(90_000);
  assert.equal((await asker.call(service, "GetLowAccuracyTimeSynch", {})).Ta0, Date.UTC(2004, 0, 1, 0, 1, 30) / 1000);
});

test("a clock that was set shows Tm2 and goes on from there", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  const Tm2 = Date.UTC(2026, 5, 1) / 1000;
  assert.equal((await asker.call(service, "SetHighAccuracyTimeSynch", { Ta0: 0, Tm1: Tm2 - 9, Tm2 })).ReturnValue, 0);
  await clock.advance(5_000);
  assert.equal((await asker.call(service, "GetLowAccuracyTimeSynch", {})).Ta0, Tm2 + 5);
  assert.equal(firmware.state.isClockSet, true);
});
