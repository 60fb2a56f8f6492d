import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_ProvisioningCertificateHash } from "@vigil/model/amt/AMT_ProvisioningCertificateHash.ts";
import { AMT_SetupAndConfigurationService } from "@vigil/model/amt/AMT_SetupAndConfigurationService.ts";
import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { IPS_HostBasedSetupService } from "@vigil/model/ips/IPS_HostBasedSetupService.ts";
import type { Firmware } from "../firmware.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";

const hour = 3_600_000;
const service = AMT_SetupAndConfigurationService;

async function setPasswordAndClock(firmware: Firmware): Promise<void> {
  const asker = new Asker(firmware);
  const DigestPassword = createHash("md5").update(`admin:${firmware.digestRealm}:N3w!Secret`).digest();
  await asker.call(AMT_AuthorizationService, "SetAdminAclEntryEx", { Username: "admin", DigestPassword });
  const seconds = Math.trunc(firmware.clock.now() / 1000);
  const input = { Ta0: 0, Tm1: seconds, Tm2: seconds };
  await asker.call(AMT_TimeSynchronizationService, "SetHighAccuracyTimeSynch", input);
}

test("a device goes from factory to in setup with its first hello, and to provisioned with CommitChanges", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  assert.equal((await asker.get(service)).ProvisioningState, "pre");
  firmware.helloSent();
  assert.equal((await asker.get(service)).ProvisioningState, "in");
  await setPasswordAndClock(firmware);
  assert.equal((await asker.call(service, "CommitChanges", {})).ReturnValue, 0);
  assert.equal((await asker.get(service)).ProvisioningState, "post");
  assert.equal((await asker.get(IPS_HostBasedSetupService)).CurrentControlMode, "admin");
});

test("CommitChanges misses data without an admin password, and without a clock: 2057", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  assert.equal((await asker.call(service, "CommitChanges", {})).ReturnValue, 2057);
  const input = { Ta0: 0, Tm1: 1_767_225_600, Tm2: 1_767_225_600 };
  await asker.call(AMT_TimeSynchronizationService, "SetHighAccuracyTimeSynch", input);
  assert.equal((await asker.call(service, "CommitChanges", {})).ReturnValue, 2057);
  assert.equal(firmware.mode, "pre");
});

test("before setup everybody with the password may read, and only a manager with a setup certificate may change", async () => {
  const { firmware } = aFirmware();
  for (const channel of ["plain", "tls"] as const) {
    const stranger = new Asker(firmware, { username: "admin", channel, hasSetupCertificate: false });
    await stranger.get(AMT_GeneralSettings);
    await stranger.call(service, "GetUuid", {});
    const password = { Password: "N3w!Secret" };
    const denied = { code: "wsman.fault.accessDenied" };
    await assert.rejects(stranger.call(service, "SetMEBxPassword", password), denied);
    await assert.rejects(stranger.call(service, "Unprovision", { ProvisioningMode: 1 }), denied);
    await assert.rejects(
      stranger.put(AMT_GeneralSettings, { InstanceID: "Intel(r) AMT: General Settings", HostName: "mine" }),
      denied,
    );
  }
});

test("a MEBx password has 8 to 32 characters of all four kinds, and no comma, colon or quote", async () => {
  const { firmware } = aFirmware();
  const set = async (Password: string) =>
    (await new Asker(firmware).call(service, "SetMEBxPassword", { Password })).ReturnValue;
  const weak = ["", "admin", "Sh0rt!a", "nouppers1!", "NOLOWERS1!", "NoDigits!!", "NoSpecial11", "Under_score1"];
  for (const wrong of [...weak, "Comma,123a!", "Colon:123a!", 'Quote"123a!', `Aa1!${"x".repeat(29)}`, "Pässw0rd!"]) {
    assert.equal(await set(wrong), 2054, wrong);
    assert.equal(firmware.state.isMebxPasswordSet, false);
  }
  assert.equal(await set("P@ssw0rd"), 0);
  assert.equal(await set(`Aa1!${"x".repeat(28)}`), 0);
  assert.equal(firmware.state.isMebxPasswordSet, true);
});

test("GetUuid gives the 16 bytes in the order of SMBIOS", async () => {
  const { firmware } = aFirmware();
  const { UUID } = await new Asker(firmware).call(service, "GetUuid", {});
  const [a = "", b = "", c = "", ...rest] = firmware.uuid.split("-");
  const turned = [a, b, c].map((group) => (group.match(/../g) ?? []).toReversed().join("")).join("") + rest.join("");
  assert.equal(Buffer.from(UUID ?? []).toString("hex"), turned);
});

test("unprovisioning forgets password, users, name and TLS, takes a new realm, and keeps log, power and clock", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  await setPasswordAndClock(firmware);
  await asker.put(AMT_GeneralSettings, { InstanceID: "Intel(r) AMT: General Settings", HostName: "desk-1" });
  await asker.call(service, "CommitChanges", {});
  firmware.power.request(10);
  await clock.advance(4_000);
  const { digestRealm, bootCount } = firmware;
  const { log } = firmware.state;
  assert.equal((await asker.call(service, "Unprovision", { ProvisioningMode: 4 })).ReturnValue, 36);
  assert.equal(firmware.mode, "post");
  assert.equal((await asker.call(service, "Unprovision", { ProvisioningMode: 1 })).ReturnValue, 0);
  assert.equal(firmware.mode, "pre");
  assert.notEqual(firmware.digestRealm, digestRealm);
  assert.match(firmware.digestRealm, /^Digest:[0-9A-F]{32}$/);
  assert.equal(firmware.state.adminHa1, null);
  assert.equal(firmware.state.hostName, "");
  assert.equal(firmware.bootCount, bootCount);
  assert.deepEqual(firmware.state.log, log);
  assert.equal(firmware.now(), clock.now());
});

test("a partial unprovisioning keeps the MEBx password", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  await asker.call(service, "SetMEBxPassword", { Password: "P@ssw0rd" });
  await setPasswordAndClock(firmware);
  await asker.call(service, "CommitChanges", {});
  assert.equal((await asker.call(service, "PartialUnprovision", {})).ReturnValue, 0);
  assert.equal(firmware.mode, "pre");
  assert.equal(firmware.state.isMebxPasswordSet, true);
});

test("a partial unprovisioning keeps names and the pre-shared key, and asks to be set up again", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const psk = { pid: "0000037M", pps: "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ" };
  firmware.change((state) => {
    state.psk = psk;
  });
  await setPasswordAndClock(firmware);
  await asker.put(AMT_GeneralSettings, { InstanceID: "Intel(r) AMT: General Settings", HostName: "desk-1" });
  await asker.call(service, "CommitChanges", {});
  await asker.call(service, "PartialUnprovision", {});
  assert.deepEqual([firmware.state.psk, firmware.state.hostName, firmware.state.adminHa1], [psk, "desk-1", null]);
  assert.deepEqual([firmware.isOpen(16_993), firmware.isSilent], [true, true]);
});

test("a full unprovisioning closes the network until power comes back", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  await setPasswordAndClock(firmware);
  await asker.call(service, "CommitChanges", {});
  await asker.call(service, "Unprovision", { ProvisioningMode: "enterprise" });
  assert.deepEqual([firmware.isOpen(16_992), firmware.isOpen(16_993), firmware.isSilent], [false, false, false]);
  firmware.beginWindow();
  assert.deepEqual([firmware.isOpen(16_993), firmware.isSilent], [true, true]);
});

test("an auditor's lock blocks both ways back, and is named, until its time is over", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  await setPasswordAndClock(firmware);
  await asker.call(service, "CommitChanges", {});
  const lock = { Flag: "unprovisioningLock", LockTimeoutInSeconds: 60 } as const;
  assert.equal((await asker.call(AMT_AuditLog, "SetAuditLock", lock)).ReturnValue, 0);
  assert.deepEqual(await asker.call(service, "GetUnprovisionBlockingComponents", {}), {
    Component: ["componentAuditLog"],
    ReturnValue: 0,
  });
  for (const [method, input] of [
    ["Unprovision", { ProvisioningMode: "enterprise" }],
    ["PartialUnprovision", {}],
  ] as const)
    assert.equal((await asker.call(service, method, input)).ReturnValue, 2076);
  assert.equal(firmware.mode, "post");
  await clock.advance(61_000);
  assert.equal((await asker.call(service, "PartialUnprovision", {})).ReturnValue, 0);
});

test("the window of 24 hours begins with the first hello, closes the ports, and can be extended before", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  await clock.advance(48 * hour);
  assert.equal(firmware.isOpen(16_992) && firmware.isOpen(16_993), true);
  firmware.helloSent();
  await clock.advance(23 * hour);
  assert.equal((await asker.call(service, "ExtendProvisioningPeriod", { Duration: 25 })).ReturnValue, 36);
  assert.equal((await asker.call(service, "ExtendProvisioningPeriod", { Duration: 0 })).ReturnValue, 36);
  assert.equal((await asker.call(service, "ExtendProvisioningPeriod", { Duration: 6 })).ReturnValue, 0);
  await clock.advance(6 * hour - 1);
  assert.equal(firmware.isOpen(16_993), true);
  await clock.advance(1);
  assert.equal(firmware.isOpen(16_992) || firmware.isOpen(16_993), false);
  firmware.beginWindow();
  assert.equal(firmware.isOpen(16_993), true);
});

test("a provisioned device has no window to extend: 3", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  await setPasswordAndClock(firmware);
  await asker.call(service, "CommitChanges", {});
  assert.equal((await asker.call(service, "ExtendProvisioningPeriod", { Duration: 1 })).ReturnValue, 3);
});

test("the hash list names every trusted root, in the order of the hello", async () => {
  const roots = ["11".repeat(32), "22".repeat(32)];
  const { firmware } = aFirmware({ trustedRootHashes: roots });
  const listed = await new Asker(firmware).list(AMT_ProvisioningCertificateHash);
  const data = listed.map((one) => one.children.find((inner) => inner.name === "HashData")?.text ?? "");
  assert.deepEqual(
    data.map((one) => Buffer.from(one, "base64").toString("hex")),
    roots,
  );
});
