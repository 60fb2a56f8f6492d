import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_MessageLog } from "@vigil/model/amt/AMT_MessageLog.ts";
import { CIM_PowerManagementService } from "@vigil/model/cim/CIM_PowerManagementService.ts";
import type { Firmware } from "../firmware.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";

const network = { channel: "tls", hasSetupCertificate: false } as const;

function hashOf(firmware: Firmware, username: string, password: string): Buffer {
  return createHash("md5").update(`${username}:${firmware.digestRealm}:${password}`).digest();
}

async function add(
  firmware: Firmware,
  DigestUsername: string,
  change: { Realms?: number[]; AccessPermission?: number; DigestPassword?: Uint8Array } = {},
) {
  return new Asker(firmware).call(AMT_AuthorizationService, "AddUserAclEntryEx", {
    DigestUsername,
    DigestPassword: hashOf(firmware, DigestUsername, "Passw0rd!"),
    AccessPermission: 2,
    Realms: [5],
    ...change,
  });
}

test("a user is added, listed after the firmware's own, shown without password, and can log in", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  assert.deepEqual({ ...(await add(firmware, "operator")) }, { Handle: 2, ReturnValue: 0 });
  const listed = await asker.call(AMT_AuthorizationService, "EnumerateUserAclEntries", { StartIndex: 1 });
  assert.deepEqual(listed.Handles, [1, 2]);
  assert.equal(listed.TotalCount, 2);
  const shown = await asker.call(AMT_AuthorizationService, "GetUserAclEntryEx", { Handle: 2 });
  assert.equal(shown.DigestUsername, "operator");
  assert.equal(shown.DigestPassword, undefined);
  assert.deepEqual(shown.Realms, ["remoteControl"]);
  assert.deepEqual(firmware.ha1sOf("operator", network), [hashOf(firmware, "operator", "Passw0rd!").toString("hex")]);
});

test("the factory's admin has the password admin; a setup certificate lets it in without one", async () => {
  const { firmware } = aFirmware();
  const factory = hashOf(firmware, "admin", "admin").toString("hex");
  const empty = hashOf(firmware, "admin", "").toString("hex");
  assert.deepEqual(firmware.ha1sOf("admin", network), [factory]);
  assert.deepEqual(firmware.ha1sOf("admin", { ...network, hasSetupCertificate: true }), [factory, empty]);
});

test("a new admin password is the only one that counts, as bytes and as MeshCentral's digits", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const hash = hashOf(firmware, "admin", "N3w!Secret");
  for (const DigestPassword of [hash, Buffer.from(hash.toString("hex"), "base64")]) {
    const input = { Username: "admin", DigestPassword };
    assert.equal((await asker.call(AMT_AuthorizationService, "SetAdminAclEntryEx", input)).ReturnValue, 0);
    assert.deepEqual(firmware.ha1sOf("admin", { ...network, hasSetupCertificate: true }), [hash.toString("hex")]);
  }
  const status = await asker.call(AMT_AuthorizationService, "GetAdminAclEntryStatus", {});
  assert.equal(status.IsDefault, false);
});

test("hashes of another length are invalid passwords: 2054", async () => {
  const { firmware } = aFirmware();
  for (const DigestPassword of [new Uint8Array(0), new Uint8Array(15), new Uint8Array(20), Buffer.alloc(24, 0xff)]) {
    assert.equal((await add(firmware, "operator", { DigestPassword })).ReturnValue, 2054);
  }
  const input = { Username: "admin", DigestPassword: new Uint8Array(8) };
  const asker = new Asker(firmware);
  assert.equal((await asker.call(AMT_AuthorizationService, "SetAdminAclEntryEx", input)).ReturnValue, 2054);
});

test("names have 1 to 16 printable characters without reserved ones, and occur once", async () => {
  const { firmware } = aFirmware();
  for (const wrong of ["", "a".repeat(17), "two words", "a:b", 'a"b', "a<b", "$$uns", "günther"]) {
    assert.equal((await add(firmware, wrong)).ReturnValue, 12, wrong);
  }
  assert.equal((await add(firmware, "a".repeat(16))).ReturnValue, 0);
  assert.equal((await add(firmware, "a".repeat(16))).ReturnValue, 2058);
  assert.equal((await add(firmware, "admin")).ReturnValue, 2058);
});

test("realms that do not exist, and none at all, are refused: 2055", async () => {
  const { firmware } = aFirmware();
  for (const Realms of [[], [0], [1], [25], [5, 99]]) {
    assert.equal((await add(firmware, "operator", { Realms })).ReturnValue, 2055);
  }
  assert.equal((await add(firmware, "operator", { AccessPermission: 3 })).ReturnValue, 36);
});

test("after 15 digest users that table is full, the one of 32 Kerberos users still empty", async () => {
  const { firmware } = aFirmware();
  for (let count = 2; count <= 16; count += 1) {
    assert.equal((await add(firmware, `user${count}`)).ReturnValue, 0);
  }
  assert.equal((await add(firmware, "onemore")).ReturnValue, 23);
  const addSid = async (last: number) => {
    const KerberosUserSid = Buffer.from([1, 1, 0, 0, 0, 0, 0, 5, last, 0, 0, 0]);
    const input = { KerberosUserSid, AccessPermission: 2, Realms: [5] };
    return (await new Asker(firmware).call(AMT_AuthorizationService, "AddUserAclEntryEx", input)).ReturnValue;
  };
  for (let count = 1; count <= 32; count += 1) assert.equal(await addSid(count), 0);
  assert.equal(await addSid(1), 2058);
  assert.equal(await addSid(33), 23);
});

test("a handle is used again once its user is gone", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  for (const name of ["first", "second"]) await add(firmware, name);
  await asker.call(AMT_AuthorizationService, "RemoveUserAclEntry", { Handle: 2 });
  assert.equal((await add(firmware, "third")).Handle, 2);
});

test("as long as there is an auditor, the admin cannot touch the audit log", async () => {
  const { firmware } = aFirmware();
  const admin = new Asker(firmware);
  await admin.get(AMT_AuditLog);
  await add(firmware, "auditor", { Realms: [20] });
  await assert.rejects(admin.get(AMT_AuditLog), { code: "wsman.fault.accessDenied" });
  const auditor = new Asker(firmware, { username: "auditor", channel: "tls", hasSetupCertificate: true });
  await auditor.get(AMT_AuditLog);
  await admin.call(AMT_AuthorizationService, "RemoveUserAclEntry", { Handle: 2 });
  await admin.get(AMT_AuditLog);
});

test("an update keeps the rules of adding, and what it changes counts at once", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  await add(firmware, "operator");
  await add(firmware, "auditor");
  const update = async (change: object) => {
    const whole = {
      Handle: 2,
      DigestUsername: "operator",
      DigestPassword: hashOf(firmware, "operator", "0ther!Word"),
      AccessPermission: 2,
      Realms: [13],
    };
    return (await asker.call(AMT_AuthorizationService, "UpdateUserAclEntryEx", { ...whole, ...change })).ReturnValue;
  };
  assert.equal(await update({ Handle: 9 }), 2053);
  assert.equal(await update({ DigestUsername: "auditor" }), 2058);
  assert.equal(await update({ DigestUsername: "admin" }), 2058);
  assert.equal(await update({ DigestUsername: "a:b" }), 12);
  assert.equal(await update({ DigestPassword: undefined, DigestUsername: "renamed" }), 2054);
  assert.equal(await update({ DigestPassword: undefined }), 0);
  assert.deepEqual(firmware.ha1sOf("operator", network), [hashOf(firmware, "operator", "Passw0rd!").toString("hex")]);
  assert.equal(await update({ Realms: [1] }), 2055);
  assert.equal(await update({}), 0);
  assert.deepEqual(firmware.ha1sOf("operator", network), [hashOf(firmware, "operator", "0ther!Word").toString("hex")]);
});

test("a disabled, a local and a removed user cannot log in over the network", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  await add(firmware, "operator");
  await add(firmware, "local", { AccessPermission: 0 });
  assert.deepEqual(firmware.ha1sOf("local", network), []);
  assert.deepEqual(firmware.ha1sOf("$$uns", network), []);
  await asker.call(AMT_AuthorizationService, "SetAclEnabledState", { Handle: 2, Enabled: false });
  assert.equal((await asker.call(AMT_AuthorizationService, "GetAclEnabledState", { Handle: 2 })).Enabled, false);
  assert.deepEqual(firmware.ha1sOf("operator", network), []);
  await asker.call(AMT_AuthorizationService, "SetAclEnabledState", { Handle: 2, Enabled: true });
  assert.equal(firmware.ha1sOf("operator", network).length, 1);
  await asker.call(AMT_AuthorizationService, "RemoveUserAclEntry", { Handle: 2 });
  assert.deepEqual(firmware.ha1sOf("operator", network), []);
  const again = await asker.call(AMT_AuthorizationService, "RemoveUserAclEntry", { Handle: 2 });
  assert.equal(again.ReturnValue, 2053);
});

test("a user reaches the classes of its realms, and is denied the others by a fault", async () => {
  const { firmware } = aFirmware();
  await add(firmware, "operator", { Realms: [5] });
  await add(firmware, "deputy", { Realms: [3] });
  const operator = new Asker(firmware, { username: "operator", channel: "tls", hasSetupCertificate: true });
  await operator.get(CIM_PowerManagementService);
  await assert.rejects(operator.get(AMT_GeneralSettings), { code: "wsman.fault.accessDenied" });
  await assert.rejects(operator.list(AMT_MessageLog), { code: "wsman.fault.accessDenied" });
  const deputy = new Asker(firmware, { username: "deputy", channel: "tls", hasSetupCertificate: true });
  await deputy.get(AMT_GeneralSettings);
});
