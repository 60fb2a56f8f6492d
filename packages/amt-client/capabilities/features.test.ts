import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

test("serial line, disk and screen are switched each by itself, and the listener is on while one of them is", async () => {
  const { device } = aPair();
  await device.features.switchScreen(false);
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
    assert.partialDeepStrictEqual(await device.features.read(), { isScreenOn: isOn, isListening: true });
  }
  await device.features.switchRedirection({ serial: false, disk: false });
  assert.equal((await device.features.read()).isListening, true);
  await device.features.switchScreen(false);
  assert.equal((await device.features.read()).isListening, false);
});

test("the screen's settings are changed, its password is never shown, and a weak one is refused", async () => {
  const { device } = aPair();
  await device.features.setScreen({ needsConsent: false, sessionTimeoutMinutes: 10, plainPassword: "P@ssw0rd" });
  assert.deepEqual(await device.features.screenSettings(), {
    needsConsent: false,
    isPlainPortOpen: false,
    sessionTimeoutMinutes: 10,
  });
  await assert.rejects(device.features.setScreen({ plainPassword: "short" }), { code: "amt.features.refused" });
});

test("the machine's screen goes dark through some boots, where it is allowed to", async () => {
  const { device, clock } = aPair();
  const dark = { isBlank: true, reboots: 1 };
  await device.features.allowBlanking(false);
  await assert.rejects(
    device.features.blankScreen(dark),
    errorWith("amt.features.refused", { status: "not-permitted" }),
  );
  await device.features.allowBlanking(true);
  await device.features.blankScreen(dark);
  assert.deepEqual(await device.features.blanking(), { isAllowed: true, isBlank: true, rebootsLeft: 1 });
  const isBlank = async () => {
    await device.power.reset();
    await clock.advance(4_000);
    return (await device.features.blanking()).isBlank;
  };
  assert.deepEqual([await isBlank(), await isBlank()], [true, false]);
  await assert.rejects(device.features.blankScreen({ isBlank: true, reboots: 4 }), errorWith("amt.features.refused"));
  const old = aPair({ generation: "7" }).device;
  await assert.rejects(old.features.blanking(), errorWith("amt.release.lacking", { since: "11.0" }));
});

test("a session is ended by its kind, and it is no failure when there is none", async () => {
  const { device } = aPair();
  for (const kind of ["disk", "serial", "screen"] as const) await device.features.endSession(kind);
});
