import assert from "node:assert/strict";
import { test } from "node:test";
import { aConsoleAuthority } from "@vigil/virtual-device/testing/console-certificates.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

const office = { name: "Office", ssid: "office", priority: 1, authentication: "wpa2Psk", encryption: "ccmp" } as const;

test("a profile is added, listed without its passphrase, and removed", async () => {
  const { device, firmware } = aPair({ index: 1 });
  await device.wifi.add({ ...office, passphrase: "correct horse" });
  assert.deepEqual(await device.wifi.profiles(), [office]);
  assert.match(JSON.stringify(firmware.state.stored), /correct horse/);
  await device.wifi.remove("Office");
  assert.deepEqual(await device.wifi.profiles(), []);
});

test("priorities and names are unique, passphrases have 8 characters, and 802.1X needs its settings", async () => {
  const { device } = aPair({ index: 1 });
  await device.wifi.add({ ...office, passphrase: "correct horse" });
  const refused = { code: "amt.wifi.refused" };
  await assert.rejects(device.wifi.add({ ...office, name: "Other", passphrase: "correct horse" }), refused);
  await assert.rejects(device.wifi.add({ ...office, priority: 2, passphrase: "correct horse" }), refused);
  await assert.rejects(device.wifi.add({ ...office, name: "Other", priority: 2, passphrase: "short" }), refused);
  const enterprise = { ...office, name: "Corp", priority: 3, authentication: "wpa28021x" } as const;
  await assert.rejects(device.wifi.add(enterprise), refused);
  await device.wifi.add({ ...enterprise, ieee8021x: { protocol: "peapMschapV2", username: "desk-7" } });
  assert.equal((await device.wifi.profiles()).length, 2);
});

test("the port is switched; a desktop has none", async () => {
  const { device } = aPair({ index: 1 });
  assert.equal(await device.wifi.portState(), "disabled");
  await device.wifi.switchPort("enabledInS0AndSx");
  assert.equal(await device.wifi.portState(), "enabledInS0AndSx");
  const desktop = aPair().device;
  assert.equal(await desktop.wifi.portState(), undefined);
  await assert.rejects(desktop.wifi.add({ ...office, passphrase: "correct horse" }), { code: "amt.wifi.refused" });
});

test("a profile with 802.1X says how it logs in, is changed by its name, and takes its settings along when it goes", async () => {
  const { device, firmware } = aPair({ index: 1 });
  const rootId = await device.tls.addTrustedRoot((await aConsoleAuthority()).root);
  const corp = { ...office, name: "Corp", authentication: "wpa28021x" } as const;
  const ieee8021x = {
    protocol: "peapMschapV2",
    username: "desk-7",
    domain: "EXAMPLE",
    serverName: "example.test",
    matchesNameBySuffix: true,
  } as const;
  await device.wifi.add({ ...corp, ieee8021x: { ...ieee8021x, password: "G00d!Night", rootId } });
  assert.deepEqual(await device.wifi.ieee8021x("Corp"), ieee8021x);
  assert.equal(firmware.state.stored["CIM_CredentialContext"]?.length, 1);
  await device.wifi.update({ ...corp, ssid: "corp-5", ieee8021x: { protocol: "tls", username: "desk-7" } });
  assert.deepEqual(await device.wifi.ieee8021x("Corp"), { protocol: "tls", username: "desk-7" });
  assert.deepEqual(await device.wifi.profiles(), [{ ...corp, ssid: "corp-5" }]);
  const wrong = { ...corp, priority: 2, name: "Next", ieee8021x: { ...ieee8021x, rootId: "none" } };
  await assert.rejects(device.wifi.add(wrong), errorWith("amt.wifi.refused", { status: "invalid-reference" }));
  await device.wifi.remove("Corp");
  assert.equal(await device.wifi.ieee8021x("Corp"), undefined);
  assert.equal(firmware.state.stored["CIM_CredentialContext"]?.length, 0);
  await assert.rejects(device.wifi.update(corp), errorWith("amt.wifi.refused", { status: "invalid-reference" }));
});

test("16 profiles are the most; all of them go at once", async () => {
  const { device } = aPair({ index: 1 });
  const add = (count: number) =>
    device.wifi.add({ ...office, name: `net ${count}`, priority: count, passphrase: "correct horse" });
  for (let count = 1; count <= 16; count += 1) await add(count);
  await assert.rejects(add(17), errorWith("amt.wifi.refused", { status: "failed" }));
  await device.wifi.removeAll("users");
  assert.equal((await device.wifi.profiles()).length, 16);
  await device.wifi.removeAll("managers");
  assert.deepEqual(await device.wifi.profiles(), []);
});

test("WPA3 is refused with what there is on a port that lacks it", async () => {
  const sae = { ...office, authentication: "wpa3Sae", passphrase: "correct horse" } as const;
  const old = aPair({ generation: "15" }).device;
  const has = "wpaPsk, wpa8021x, wpa2Psk, wpa28021x";
  await assert.rejects(old.wifi.add(sae), errorWith("amt.platform.lacking", { wanted: "wpa3Sae", has }));
  await aPair({ generation: "19" }).device.wifi.add(sae);
});

test("profiles of the host are taken over, and the BIOS is given ours from release 16 on", async () => {
  const { device } = aPair({ generation: "19" });
  assert.deepEqual(await device.wifi.sharing(), { hostProfiles: "disabled", sharesWithBios: false });
  await device.wifi.setSharing({ hostProfiles: "unrestricted", sharesWithBios: true });
  assert.deepEqual(await device.wifi.sharing(), { hostProfiles: "unrestricted", sharesWithBios: true });
  const old = aPair({ generation: "15" }).device;
  assert.equal((await old.wifi.sharing()).sharesWithBios, undefined);
  await assert.rejects(
    old.wifi.setSharing({ sharesWithBios: true }),
    errorWith("amt.release.lacking", { since: "16.0" }),
  );
});
