import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { inClientControl } from "../testing/client-control.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

test("the code on the screen is consent until its time is up", async () => {
  const { device, firmware, clock } = aPair();
  await device.consent.require("all");
  assert.deepEqual(await device.consent.read(), {
    policy: "all",
    state: "notStarted",
    mayChangePolicy: true,
    codeTimeoutSeconds: 120,
    sessionTimeoutSeconds: 300,
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

test("in client control mode consent is always needed, and its policy is not ours to change", async () => {
  const { device, firmware } = aPair();
  inClientControl(firmware);
  assert.partialDeepStrictEqual(await device.consent.read(), { policy: "all", mayChangePolicy: false });
  await assert.rejects(device.consent.require("none"), errorWith("amt.consent.refused"));
  assert.equal((await device.setup.readState()).controlMode, "client");
  await assert.rejects(
    device.setup.setMebxPassword("G00d!Night"),
    errorWith("amt.setup.refused", { status: "not-permitted" }),
  );
  await assert.rejects(device.auditLog.read(), errorWith("wsman.fault.accessDenied"));
  await assert.rejects(device.systemDefense.filters(), errorWith("wsman.fault.accessDenied"));
});

test("with a policy for everything, admin control waits for consent as well", async () => {
  const { device, firmware } = aPair();
  firmware.change((state) => {
    state.mode = "post";
  });
  await device.boot.arrange("network");
  await device.consent.require("kvm");
  await device.boot.arrange("network");
  await device.consent.require("all");
  await assert.rejects(device.boot.arrange("network"), errorWith("amt.consent.needed"));
});

test("a code is shown as long as was set, a minute at least", async () => {
  const { device, clock } = aPair();
  await device.consent.setLimits({ codeSeconds: 60, sessionSeconds: 30 });
  await device.consent.start();
  await clock.advance(59_000);
  assert.equal((await device.consent.read()).state, "displayed");
  await clock.advance(1_000);
  assert.equal((await device.consent.read()).state, "notStarted");
  await assert.rejects(device.consent.setLimits({ codeSeconds: 59 }), errorWith("amt.consent.refused"));
});
