import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { test } from "node:test";
import { decodeAuditRecord } from "../audit-record.ts";
import { aPair } from "../testing/paired-device.ts";

test("what is done to the device stands in its audit log, with who and when", async () => {
  const { device, firmware } = aPair();
  await device.time.set();
  await device.general.setHostName({ hostName: "desk-7" });
  await device.features.switchScreen(false);
  const records = await device.auditLog.read();
  assert.deepEqual(
    records.map(({ application, event, initiator }) => [application, event, initiator.name]),
    [
      ["time", "set", "admin"],
      ["network", "host name changed", "admin"],
      ["redirection", "screen switched off", "admin"],
    ],
  );
  assert.equal(Math.abs((records[1]?.at.getTime() ?? 0) - firmware.now()) < 2_000, true);
  assert.deepEqual((await device.auditLog.state()).records, 3);
});

test("a log of many pages is read whole, and is empty but for one record once it is cleared", async () => {
  const { device } = aPair();
  for (let count = 0; count < 33; count += 1) await device.features.switchScreen(count % 2 === 0);
  assert.equal((await device.auditLog.read()).length, 33);
  await device.auditLog.clear();
  assert.deepEqual(
    (await device.auditLog.read()).map((one) => one.event),
    ["cleared"],
  );
});

test("an event that the policy leaves out is not recorded, and a log that is off records nothing", async () => {
  const { device } = aPair();
  await device.auditLog.setPolicy({ applicationId: 18, eventId: 10, isRecorded: false });
  await device.features.switchScreen(true);
  await device.features.switchScreen(false);
  const events = async () => (await device.auditLog.read()).map((one) => one.event);
  assert.deepEqual(await events(), ["policy changed", "screen switched off"]);
  await device.auditLog.switch(false);
  await device.features.switchScreen(false);
  assert.equal((await device.auditLog.state()).isOn, false);
  await device.auditLog.switch(true);
  assert.deepEqual((await events()).slice(2), ["switched off", "switched on"]);
});

test("an export is signed by the key that the device was given", async () => {
  const { device, firmware } = aPair();
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await assert.rejects(device.auditLog.exportSignature("sha256"), { code: "amt.audit-log.refused" });
  await device.features.switchScreen(true);
  const chain = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)];
  await device.auditLog.setSigningKey(privateKey.export({ type: "pkcs1", format: "der" }), chain, "sha256");
  const exported = await device.auditLog.exportSignature("sha256");
  assert.deepEqual(
    exported.certificates.map((one) => [...one]),
    [
      [1, 2, 3],
      [4, 5],
    ],
  );
  assert.equal(exported.records, 1);
  const [record = ""] = firmware.state.audit.records;
  assert.ok(verify("sha256", Buffer.from(record, "base64"), publicKey, exported.signature));
});

test("the recorded record decodes: firmware was updated", () => {
  const record = decodeAuditRecord(Buffer.from("ABMAAAI/9M1uAgAQAAwAAAAoBZkADAAAACQFlA==", "base64"));
  assert.deepEqual(
    [record.application, record.event, record.initiator.kind, record.at.toISOString(), record.extended.length],
    ["firmware update", "updated", "local", "2004-01-02T01:46:22.000Z", 16],
  );
});

test("a record that is cut anywhere is refused with the offset", () => {
  const bytes = Buffer.from("ABMAAAI/9M1uAgAQAAwAAAAoBZkADAAAACQFlA==", "base64");
  for (let length = 0; length < bytes.length; length += 1) {
    assert.throws(() => decodeAuditRecord(bytes.subarray(0, length)), { code: "amt.answer.invalid" });
  }
});
