import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

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
  await device.wifi.add({
    ...enterprise,
    enterprise: { settings: { AuthenticationProtocol: "peapMschapV2", Username: "desk-7" } },
  });
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
