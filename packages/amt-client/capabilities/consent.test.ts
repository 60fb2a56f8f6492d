import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { aPair } from "../testing/paired-device.ts";

test("the code on the screen is consent until its time is up", async () => {
  const { device, firmware, clock } = aPair();
  await device.consent.require("all");
  assert.deepEqual(await device.consent.read(), {
    policy: "all",
    state: "notStarted",
    mayChangePolicy: true,
    codeTimeoutSeconds: 120,
  });
  await device.consent.start();
  assert.equal((await device.consent.read()).state, "displayed");
  await device.consent.send(firmware.state.consent.code ?? "");
  assert.equal((await device.consent.read()).state, "received");
  await clock.advance(300_000);
  assert.equal((await device.consent.read()).state, "notStarted");
});

test("three wrong codes end it, a code is shown for two minutes, and a cancel takes it back", async () => {
  const { device, firmware, clock } = aPair();
  const wrong = { code: "amt.consent.refused" };
  await assert.rejects(device.consent.send("123456"), wrong);
  await device.consent.start();
  await assert.rejects(device.consent.start(), wrong);
  const code = (Number(firmware.state.consent.code) + 1) % 1_000_000;
  const isWrongCode = (error: unknown): boolean =>
    error instanceof VigilError && error.code === wrong.code && error.details["status"] === "wrong-code";
  for (let count = 0; count < 3; count += 1) await assert.rejects(device.consent.send(String(code)), isWrongCode);
  assert.equal((await device.consent.read()).state, "notStarted");
  await device.consent.start();
  await clock.advance(120_000);
  assert.equal((await device.consent.read()).state, "notStarted");
  await device.consent.start();
  await device.consent.cancel();
  assert.equal(firmware.state.consent.code, null);
  await assert.rejects(device.consent.cancel(), wrong);
});
