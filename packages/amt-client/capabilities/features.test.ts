import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

test("serial line, disk and screen are switched each by itself", async () => {
  const { device } = aPair();
  for (const [serial, disk] of [
    [true, false],
    [false, true],
    [false, false],
    [true, true],
  ] as const) {
    await device.features.switchRedirection({ serial, disk });
    const state = await device.features.read();
    assert.deepEqual([state.isSerialOn, state.isDiskOn, state.isListening], [serial, disk, serial || disk]);
  }
  for (const isOn of [false, true]) {
    await device.features.switchScreen(isOn);
    assert.equal((await device.features.read()).isScreenOn, isOn);
  }
});

test("the screen's settings are changed, its password is never shown, and a weak one is refused", async () => {
  const { device } = aPair();
  await device.features.setScreen({ needsConsent: false, sessionTimeoutMinutes: 10, plainPassword: "P@ssw0rd" });
  assert.deepEqual(await device.features.screenSettings(), {
    needsConsent: false,
    isPlainPortOpen: false,
    sessionTimeoutMinutes: 10,
  });
  await assert.rejects(device.features.setScreen({ plainPassword: "short" }), { code: "wsman.fault.internalError" });
});
