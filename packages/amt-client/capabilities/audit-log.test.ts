import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { test } from "node:test";
import { aConsoleAuthority } from "@vigil/virtual-device/testing/console-certificates.ts";
import { checkAuditExport } from "../audit-export.ts";
import { decodeAuditRecord } from "../audit-record.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

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

test("an exported log is genuine until a record of it is changed, left out, or its certificate is another's", async () => {
  const { device } = aPair();
  const authority = await aConsoleAuthority("Audit Root");
  const { leaf, key } = await authority.issueWithKey("auditor");
  await device.auditLog.setSigningKey(key, [leaf], "sha256");
  for (let count = 0; count < 15; count += 1) await device.features.switchScreen(count % 2 === 0);
  const log = await device.auditLog.export("sha256");
  assert.equal(log.records.length, 15);
  assert.deepEqual(checkAuditExport(log, [authority.root]), { isGenuine: true });
  const [first, ...rest] = log.records;
  assert.ok(first);
  const changed = { ...log, records: [first.with(3, 99), ...rest] };
  const shortened = { ...log, records: rest };
  for (const wrong of [changed, shortened]) assert.equal(checkAuditExport(wrong, [authority.root]).isGenuine, false);
  const other = await aConsoleAuthority("Another");
  assert.deepEqual(checkAuditExport(log, [other.root]), {
    isGenuine: false,
    reason: "its certificate is not from one of our roots",
  });
  const unreadable = { ...log, signature: { ...log.signature, certificates: [Uint8Array.of(1)] } };
  assert.equal(checkAuditExport(unreadable, [authority.root]).isGenuine, false);
  await device.auditLog.clear();
});

test("a locked log is cleared by nobody until it is unlocked, or the lock's time is over", async () => {
  const { device, clock } = aPair();
  const refused = errorWith("amt.audit-log.refused", { status: "not-permitted" });
  const handle = await device.auditLog.lock(60);
  await assert.rejects(device.auditLog.clear(), refused);
  await assert.rejects(device.auditLog.lock(60), refused);
  await assert.rejects(
    device.auditLog.unlock(handle + 1),
    errorWith("amt.audit-log.refused", { status: "invalid-handle" }),
  );
  await device.auditLog.unlock(handle);
  await device.auditLog.clear();
  await device.auditLog.lock(60);
  await clock.advance(61_000);
  await device.auditLog.clear();
});

test("policies are listed in words and changed many at a time", async () => {
  const { device } = aPair();
  const all = await device.auditLog.policies();
  assert.ok(all.some((one) => one.application === "remote control" && one.event === "power cycled" && !one.isCritical));
  const power = all.filter((one) => one.applicationId === 17);
  await device.auditLog.setPolicies(power, false);
  assert.equal((await device.auditLog.policies()).length, all.length - power.length);
  await device.auditLog.setPolicies(
    power.map((one) => ({ ...one, isCritical: true })),
    true,
  );
  const critical = (await device.auditLog.policies()).filter((one) => one.isCritical);
  assert.deepEqual(new Set(critical.map((one) => one.eventId)), new Set(power.map((one) => one.eventId)));
  const unknown = [{ applicationId: 99, eventId: 0, isCritical: false }];
  await assert.rejects(device.auditLog.setPolicies(unknown, true), errorWith("amt.audit-log.refused"));
});

test("with a full log that keeps everything, critical events do not happen, and others go unrecorded", async () => {
  const { device, firmware } = aPair();
  await device.auditLog.setStorage({ storage: "none" });
  const critical = [
    { applicationId: 16, eventId: 2, isCritical: true },
    { applicationId: 17, eventId: 2, isCritical: true },
    { applicationId: 24, eventId: 0, isCritical: true },
    { applicationId: 25, eventId: 0, isCritical: true },
    { applicationId: 22, eventId: 1, isCritical: true },
  ];
  await device.auditLog.setPolicies(critical, true);
  for (let count = 0; !firmware.auditLog.isFull; count += 1)
    firmware.audit(count % 2 === 0 ? "kvm.enabled" : "kvm.disabled");
  const refused = (code: string) => errorWith(code, { status: "audit-failed" });
  const account = { name: "clerk", password: "G00d!Night", realms: ["generalInfo"], from: "any" } as const;
  await assert.rejects(device.accounts.addDigest(account), refused("amt.account.refused"));
  assert.deepEqual(firmware.state.users, []);
  await assert.rejects(device.power.cycle(), refused("amt.power.refused"));
  assert.equal(firmware.power.isMoving, false);
  await assert.rejects(device.general.setHostName({ hostName: "desk-9" }), refused("amt.general.refused"));
  assert.equal(firmware.state.hostName, "");
  await device.features.switchScreen(false);
  assert.equal(firmware.state.redirection.kvm, false);
  await device.auditLog.clear();
  await device.accounts.addDigest(account);
});

test("a restricted log lets only those records go that are old enough", async () => {
  const { device, firmware, clock } = aPair();
  await device.auditLog.setStorage({ storage: "restrictedRollOver", minDaysKept: 30 });
  assert.partialDeepStrictEqual(await device.auditLog.state(), { storage: "restrictedRollOver", minDaysKept: 30 });
  for (let count = 0; !firmware.auditLog.isFull; count += 1) firmware.audit("kvm.enabled");
  await clock.advance(31 * 24 * 3_600_000);
  assert.equal(firmware.auditLog.isFull, false);
  const before = firmware.state.audit.records.length;
  for (let count = 0; count < 50; count += 1) firmware.audit("kvm.disabled");
  assert.ok(firmware.state.audit.records.length < before + 50);
});
