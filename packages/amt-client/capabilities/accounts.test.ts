import assert from "node:assert/strict";
import { test } from "node:test";
import { ha1 } from "@vigil/wire/digest.ts";
import { sidFromText, textFromSid } from "../sid.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";
import { realmPresets } from "./accounts.ts";

const network = { channel: "tls", hasSetupCertificate: false } as const;
const sid = "S-1-5-21-3623811015-3361044348-30300820-1013";

test("a digest account is added with a preset, listed, and logs in with its password", async () => {
  const { device, firmware } = aPair();
  const rights = { realms: realmPresets.power, from: "network" } as const;
  const handle = await device.accounts.addDigest({ name: "night-shift", password: "G00d!Night", ...rights });
  const [own, added] = await device.accounts.list();
  assert.partialDeepStrictEqual(own, { handle: 1, name: "$$uns", isFirmwares: true, from: "local" });
  assert.deepEqual(added, {
    handle,
    kind: "digest",
    name: "night-shift",
    realms: ["generalInfo", "remoteControl"],
    from: "network",
    isEnabled: true,
    isFirmwares: false,
  });
  const expected = ha1("night-shift", firmware.digestRealm, "G00d!Night");
  assert.deepEqual(firmware.ha1sOf("night-shift", network), [expected]);
});

test("a group of Active Directory is added by its security identifier, and once only", async () => {
  const { device } = aPair();
  const group = { sid, realms: realmPresets.helpdesk, from: "any" } as const;
  const handle = await device.accounts.addKerberos(group);
  assert.partialDeepStrictEqual(await device.accounts.read(handle), { kind: "kerberos", name: sid, from: "any" });
  const again = errorWith("amt.account.refused", {
    method: "AddUserAclEntryEx",
    returnValue: 2058,
    status: "duplicate",
  });
  await assert.rejects(device.accounts.addKerberos(group), again);
});

test("an update changes what is given and keeps the rest, the password among it", async () => {
  const { device, firmware } = aPair();
  const { accounts } = device;
  const rights = { realms: realmPresets.reader, from: "any" } as const;
  const handle = await accounts.addDigest({ name: "clerk", password: "G00d!Night", ...rights });
  await accounts.update(handle, { realms: realmPresets.power });
  assert.deepEqual((await accounts.read(handle)).realms, ["generalInfo", "remoteControl"]);
  assert.deepEqual(firmware.ha1sOf("clerk", network), [ha1("clerk", firmware.digestRealm, "G00d!Night")]);
  await accounts.update(handle, { password: "N3w!Secret", from: "local" });
  assert.deepEqual(firmware.ha1sOf("clerk", network), [], "it may log in from the machine alone");
  await assert.rejects(accounts.update(handle, { name: "other" }), { code: "amt.account.refused" });
  await accounts.update(handle, { name: "other", password: "N3w!Secret" });
  assert.equal((await accounts.read(handle)).name, "other");
  const group = await accounts.addKerberos({ sid, ...rights });
  await accounts.update(group, { realms: ["auditLog"] });
  assert.partialDeepStrictEqual(await accounts.read(group), { name: sid, realms: ["auditLog"] });
});

test("an account that is switched off, and one that is removed, cannot log in", async () => {
  const { device, firmware } = aPair();
  const { accounts } = device;
  const rights = { realms: realmPresets.reader, from: "any" } as const;
  const handle = await accounts.addDigest({ name: "clerk", password: "G00d!Night", ...rights });
  await accounts.switch(handle, false);
  assert.equal((await accounts.read(handle)).isEnabled, false);
  assert.deepEqual(firmware.ha1sOf("clerk", network), []);
  await accounts.switch(handle, true);
  assert.equal(firmware.ha1sOf("clerk", network).length, 1);
  await accounts.remove(handle);
  const gone = errorWith("amt.account.refused", { status: "invalid-handle" });
  await assert.rejects(accounts.remove(handle), gone);
  await assert.rejects(accounts.read(handle), gone);
});

test("the sixteenth digest account is one too many", async () => {
  const { device } = aPair();
  const rights = { realms: realmPresets.reader, from: "any" } as const;
  const add = (count: number) => device.accounts.addDigest({ name: `user${count}`, password: "G00d!Night", ...rights });
  for (let count = 1; count <= 15; count += 1) await add(count);
  await assert.rejects(add(16), errorWith("amt.account.refused", { status: "limit-reached" }));
  assert.equal((await device.accounts.list()).length, 16);
});

test("the admin says whether its password is the factory's, and logs in with its new one", async () => {
  const { device } = aPair();
  assert.deepEqual(await device.accounts.admin(), { name: "admin", hasFactoryPassword: true });
  await device.accounts.setAdminPassword("N3w!Secret");
  assert.deepEqual(await device.accounts.admin(), { name: "admin", hasFactoryPassword: false });
});

test("security identifiers go from text to bytes and back; what is none is refused", () => {
  for (const text of [sid, "S-1-5-32-544", "S-1-1-0"]) assert.equal(textFromSid(sidFromText(text)), text);
  assert.equal(sidFromText(sid).length, 28);
  for (const wrong of ["", "S-1-5", "S-2-5-1", "S-1-5-4294967296", "S-1-5-1-2-3-4-5-6", "admin"]) {
    assert.throws(() => sidFromText(wrong), { code: "amt.argument.invalid", side: "caller" });
  }
  for (let length = 0; length < 28; length += 1) {
    assert.match(textFromSid(sidFromText(sid).subarray(0, length)), /^[0-9a-f]*$/);
  }
});
