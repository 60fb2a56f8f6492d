import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

const settings = {
  realm: "EXAMPLE.TEST",
  serviceNames: ["HTTP/desk-7.example.test:16993"],
  key: new Uint8Array(32).fill(7),
  keyVersion: 2,
  encryption: "aes256Sha1",
} as const;

test("Kerberos is configured and switched off again; the key is never shown", async () => {
  const { device, firmware } = aPair();
  await device.kerberos.configure(settings);
  assert.deepEqual(await device.kerberos.read(), {
    isOn: true,
    realm: settings.realm,
    serviceNames: settings.serviceNames,
    keyVersion: 2,
    toleranceMinutes: 5,
  });
  assert.match(JSON.stringify(firmware.state.stored), /BwcHBwcH/);
  await device.kerberos.switchOff();
  assert.equal((await device.kerberos.read()).isOn, false);
});

test("a key of another length, and names that are missing, are refused with their status", async () => {
  const { device } = aPair();
  for (const wrong of [{ key: new Uint8Array(5) }, { realm: "" }, { serviceNames: [] }]) {
    await assert.rejects(device.kerberos.configure({ ...settings, ...wrong }), { code: "amt.kerberos.refused" });
  }
});
