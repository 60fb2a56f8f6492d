import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import { CIM_BootConfigSetting } from "@vigil/model/cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "@vigil/model/cim/CIM_BootService.ts";
import { CIM_BootSourceSetting } from "@vigil/model/cim/CIM_BootSourceSetting.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { identityOf } from "../identity.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";
import { withStatus } from "../testing/refusals.ts";

const configuration = referenceTo(CIM_BootConfigSetting, { InstanceID: "Intel(r) AMT: Boot Configuration 0" });
const source = (name: string) => referenceTo(CIM_BootSourceSetting, { InstanceID: `Intel(r) AMT: Force ${name} Boot` });

test("boot options wait for the next boot, and are used up by it", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  const before = await asker.get(AMT_BootSettingData);
  assert.equal(before.OptionsCleared, true);
  const after = await asker.put(AMT_BootSettingData, { ...before, BIOSSetup: true });
  assert.equal(after.BIOSSetup, true);
  assert.equal(after.OptionsCleared, false);
  firmware.power.request(10);
  await clock.advance(4_000);
  assert.deepEqual(await asker.get(AMT_BootSettingData), before);
});

test("read-only members that are sent back changed are ignored; those left out stay", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const InstanceID = "Intel(r) AMT:BootSettingData 0";
  await asker.put(AMT_BootSettingData, { InstanceID, UseSOL: true });
  const after = await asker.put(AMT_BootSettingData, { InstanceID, WinREBootEnabled: true, BIOSLastStatus: [9, 9] });
  assert.equal(after.UseSOL, true);
  assert.equal(after.WinREBootEnabled, false);
  assert.deepEqual(after.BIOSLastStatus, [2, 0]);
});

test("one boot source can be chosen, is used up by the boot, and goes with an empty choice", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  const choose = async (...Source: ReturnType<typeof source>[]) =>
    (await asker.call(CIM_BootConfigSetting, "ChangeBootOrder", { Source })).ReturnValue;
  assert.equal(await choose(source("PXE")), 0);
  assert.equal(firmware.state.boot.source, "Intel(r) AMT: Force PXE Boot");
  assert.equal(await choose(), 0);
  assert.equal(firmware.state.boot.source, null);
  assert.equal(await choose(source("PXE"), source("CD/DVD")), 5);
  assert.equal(await choose(source("Floppy")), 4);
  await choose(source("Hard-drive"));
  firmware.power.request(5);
  await clock.advance(5_000);
  assert.equal(firmware.state.boot.source, null);
});

test("BIOS setup and a boot source exclude each other: AMT-STATUS 2050", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  await asker.call(CIM_BootConfigSetting, "ChangeBootOrder", { Source: [source("PXE")] });
  for (const wrong of [{ BIOSSetup: true }, { BIOSPause: true }, { ReflashBIOS: true }]) {
    await assert.rejects(
      asker.put(AMT_BootSettingData, { InstanceID: "Intel(r) AMT:BootSettingData 0", ...wrong }),
      (error: { code?: string; details?: unknown }) =>
        error.code === "wsman.fault.internalError" && /2050/.test(JSON.stringify(error.details)),
    );
  }
});

test("the boot configuration takes the role of the next boot, and no other one", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const set = async (BootConfigSetting: typeof configuration, Role: number) =>
    (await asker.call(CIM_BootService, "SetBootConfigRole", { BootConfigSetting, Role })).ReturnValue;
  assert.equal(await set(configuration, 1), 0);
  assert.equal(firmware.state.boot.isNext, true);
  assert.equal(await set(configuration, 2), 5);
  assert.equal(await set(source("PXE"), 1), 4);
});

test("an option that the platform lacks is refused: AMT-STATUS 2050", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  for (const wrong of [
    { BIOSPause: true },
    { LockPowerButton: true },
    { UseSafeMode: true },
    { FirmwareVerbosity: 1 },
  ]) {
    await assert.rejects(asker.put(AMT_BootSettingData, { InstanceID: settingsId, ...wrong }), withStatus(2050));
  }
  assert.deepEqual(firmware.state.boot.settings, {});
});

test("options without the role of the next boot are used up, but not obeyed", async () => {
  const { firmware, clock } = aFirmware();
  const asker = new Asker(firmware);
  await asker.put(AMT_BootSettingData, { InstanceID: settingsId, BIOSSetup: true });
  firmware.power.request(10);
  await clock.advance(4_000);
  assert.deepEqual(firmware.state.lastBoot.options, {});
  assert.deepEqual(firmware.state.boot.settings, {});
});

test("an erase is refused while it is off, over the plain port, and for what the platform cannot erase", async () => {
  const { firmware } = aFirmware({ identity: identityOf("under test", 2) });
  const asker = new Asker(firmware);
  const wanted = (bits: number) => ({
    InstanceID: settingsId,
    PlatformErase: true,
    UefiBootNumberOfParams: 1,
    UefiBootParametersArray: eraseOf(bits),
  });
  await assert.rejects(asker.put(AMT_BootSettingData, wanted(4)), withStatus(2050));
  const RequestedState = "eraseOn" as const;
  assert.equal((await asker.call(CIM_BootService, "RequestStateChange", { RequestedState })).ReturnValue, 0);
  const plain = new Asker(firmware, { username: "admin", channel: "plain", hasSetupCertificate: true });
  await assert.rejects(plain.put(AMT_BootSettingData, wanted(4)), withStatus(2050));
  await assert.rejects(asker.put(AMT_BootSettingData, wanted(0)), withStatus(2050));
  await assert.rejects(asker.put(AMT_BootSettingData, wanted(2 ** 16)), withStatus(2050));
  await assert.rejects(asker.put(AMT_BootSettingData, { ...wanted(4), UefiBootNumberOfParams: 2 }), withStatus(36));
  assert.equal((await asker.put(AMT_BootSettingData, wanted(4))).PlatformErase, true);
});

test("firmware before 16 has no recovery boots to allow: 1", async () => {
  const { firmware } = aFirmware();
  for (const RequestedState of ["recoveryOn", "eraseOn", "recoveryAndEraseOn"] as const) {
    const answer = await new Asker(firmware).call(CIM_BootService, "RequestStateChange", { RequestedState });
    assert.equal(answer.ReturnValue, 1);
  }
});

const settingsId = "Intel(r) AMT:BootSettingData 0";

function eraseOf(bits: number): Uint8Array {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(0x8086, 0);
  bytes.writeUInt16LE(1, 2);
  bytes.writeUInt32LE(4, 4);
  bytes.writeUInt32LE(bits, 8);
  return bytes;
}
