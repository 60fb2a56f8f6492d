import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_MessageLog } from "@vigil/model/amt/AMT_MessageLog.ts";
import { encodeRecord, loginsFailed } from "../firmware/event-record.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";

const bytesOf = (record: string | undefined): Buffer => Buffer.from(record ?? "", "base64");

function readLog(asker: Asker, IterationIdentifier: string) {
  return asker.call(AMT_MessageLog, "GetRecords", { IterationIdentifier, MaxReadRecords: 100 });
}

test("failed logins are written byte for byte as the recorded record", () => {
  const recorded = Buffer.from("Y8iYZf8GbwVoEP8mYaoKAAAAAAAA", "base64");
  assert.deepEqual(Buffer.from(encodeRecord(loginsFailed(10), 0x6598c863)), recorded);
});

test("a reset leaves two records of 21 bytes: the processor starts, then the operating system", async () => {
  const { firmware, clock } = aFirmware({ powerDelayMs: 4_000 });
  const asker = new Asker(firmware);
  firmware.power.request(10);
  await clock.advance(1_000);
  const { RecordArray, NoMoreRecords, ReturnValue } = await asker.call(AMT_MessageLog, "GetRecords", {
    IterationIdentifier: "1",
    MaxReadRecords: 390,
  });
  assert.equal(ReturnValue, 0);
  assert.equal(NoMoreRecords, true);
  const [newest, oldest] = (RecordArray ?? []).map(bytesOf);
  // 2004-01-01T00:00:01Z: nobody has set the clock.
  assert.equal(oldest?.toString("hex"), "0163f33fff256f006801ff220000000000000000".padEnd(42, "0"));
  assert.equal(newest?.toString("hex"), "0163f33fff0f6f026801ff220040130000000000".padEnd(42, "0"));
});

test("every third failed login in a row leaves a record that counts them, newest first", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  assert.equal((await asker.call(AMT_MessageLog, "PositionToFirstRecord", {})).ReturnValue, 2);
  for (let count = 0; count < 7; count += 1) firmware.noteFailedLogin();
  firmware.noteLogin();
  for (let count = 0; count < 2; count += 1) firmware.noteFailedLogin();
  const { IterationIdentifier = "" } = await asker.call(AMT_MessageLog, "PositionToFirstRecord", {});
  const input = { IterationIdentifier, MaxReadRecords: 390 };
  const { RecordArray } = await asker.call(AMT_MessageLog, "GetRecords", input);
  assert.deepEqual(
    RecordArray?.map((one) => bytesOf(one).readUInt16LE(14)),
    [6, 3],
  );
});

test("the log is read in parts, holds 390 records, and forgets the oldest", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  for (let count = 1; count <= 400; count += 1) firmware.log(loginsFailed(count));
  assert.equal((await asker.get(AMT_MessageLog)).CurrentNumberOfRecords, 390n);
  const counts: number[] = [];
  let next: string | undefined = "1";
  while (next !== undefined) {
    const part = await readLog(asker, next);
    counts.push(...(part.RecordArray ?? []).map((one) => bytesOf(one).readUInt16LE(14)));
    next = part.NoMoreRecords === true ? undefined : part.IterationIdentifier;
  }
  assert.deepEqual(
    counts,
    Array.from({ length: 390 }, (_, index) => 400 - index),
  );
});

test("identifiers that no iteration has are refused", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  firmware.log(loginsFailed(3));
  for (const [IterationIdentifier, expected] of [
    ["0", 2],
    ["x", 2],
    ["-1", 2],
    ["2", 3],
  ] as const) {
    const input = { IterationIdentifier, MaxReadRecords: 390 };
    assert.equal((await asker.call(AMT_MessageLog, "GetRecords", input)).ReturnValue, expected, IterationIdentifier);
  }
});

test("a frozen log drops what happens, a cleared one is empty", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  firmware.log(loginsFailed(3));
  await asker.call(AMT_MessageLog, "FreezeLog", { Freeze: true });
  firmware.log(loginsFailed(6));
  assert.equal(firmware.state.log.length, 1);
  assert.equal((await asker.get(AMT_MessageLog)).IsFrozen, true);
  await asker.call(AMT_MessageLog, "FreezeLog", { Freeze: false });
  firmware.log(loginsFailed(6));
  assert.equal(firmware.state.log.length, 2);
  await asker.call(AMT_MessageLog, "ClearLog", {});
  assert.equal((await asker.call(AMT_MessageLog, "PositionToFirstRecord", {})).ReturnValue, 2);
});
