import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";
import { aFault } from "../testing/scripted-device.ts";
import type { PowerAction } from "./power.ts";

test("state() takes one round trip and says whether the machine is on", async () => {
  const { device, line } = aPair();
  await using _ = device;
  assert.deepEqual(await device.power.state(), { power: "on" });
  const before = line.arrivals.length;
  assert.deepEqual(await device.power.state(), { power: "on" });
  assert.equal(line.arrivals.length - before, 1);
});

test("a cycle goes through off to on, on the device's clock", async () => {
  const { device, clock, firmware } = aPair();
  await using _ = device;
  const boots = firmware.bootCount;
  assert.deepEqual(await device.power.cycle(), { result: "done" });
  await clock.advance(1_000);
  assert.deepEqual(await device.power.state(), { power: "off" });
  await clock.advance(4_000);
  assert.deepEqual(await device.power.state(), { power: "on" });
  assert.equal(firmware.bootCount, boots + 1);
});

test("read() says what can be asked for: an off machine can only be switched on", async () => {
  const { device, clock } = aPair();
  await using _ = device;
  const running = await device.power.read();
  assert.equal(running.power, "on");
  assert.ok(["off", "cycle", "reset"].every((action) => running.available.some((one) => one === action)));
  await device.power.off();
  await clock.advance(1_000);
  assert.deepEqual(await device.power.read(), { power: "off", available: ["on"] });
});

test("a reset of a machine that is off is refused, with the firmware's own code and word", async () => {
  const { device, clock } = aPair();
  await using _ = device;
  await device.power.off();
  await clock.advance(1_000);
  const error = await device.power.reset().catch((cause: unknown) => cause);
  assert.ok(error instanceof VigilError);
  assert.equal(error.code, "amt.power.refused");
  assert.equal(error.side, "device");
  assert.partialDeepStrictEqual(error.details, { action: "reset", status: "unknown-error", returnValue: 2 });
});

test("a cycle whose answer is cut off has an unknown outcome and is sent once", async () => {
  let isCut = false;
  const half = { bytes: "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<?xml", closes: true };
  const { device, line } = aPair({
    fault: (body) => {
      if (!body.includes("RequestPowerStateChange_INPUT")) return undefined;
      isCut = true;
      return half;
    },
  });
  await using _ = device;
  await device.power.state();
  const before = line.arrivals.length;
  await assert.rejects(device.power.cycle(), { code: "amt.outcome.unknown" });
  assert.ok(isCut);
  assert.equal(line.arrivals.length - before, 1);
});

test("firmware that wants keys for a Get is read by enumeration, and asked so from then on", async () => {
  const { device, line } = aPair({
    fault: (body) => (body.includes("transfer/Get<") ? aFault(body, "e:InvalidSelectors") : undefined),
  });
  await using _ = device;
  assert.deepEqual(await device.power.state(), { power: "on" });
  const before = line.arrivals.length;
  assert.deepEqual(await device.power.state(), { power: "on" });
  assert.equal(line.arrivals.length - before, 2, "Enumerate and Pull");
});

test("every action that firmware knows reaches the machine, or is refused with its word", async () => {
  const { device, clock } = aPair();
  await using _ = device;
  const ends: readonly (readonly [PowerAction, "on" | "off" | "sleep" | "hibernate"])[] = [
    ["hardOff", "off"],
    ["on", "on"],
    ["hardCycle", "on"],
    ["sleep", "sleep"],
    ["reset", "on"],
    ["hibernate", "hibernate"],
    ["on", "on"],
    ["softOff", "off"],
    ["on", "on"],
    ["softHardOff", "off"],
    ["on", "on"],
    ["softReset", "on"],
    ["softCycle", "on"],
    ["softHardCycle", "on"],
    ["interrupt", "on"],
    ["cycle", "on"],
    ["off", "off"],
  ];
  for (const [action, power] of ends) {
    await device.power.request(action);
    await clock.advance(10_000);
    assert.deepEqual(await device.power.state(), { power }, action);
  }
  await assert.rejects(device.power.request("lightSleep"), errorWith("amt.power.refused", { status: "not-supported" }));
});

test("supported() says what a machine can be asked for, whatever its state", async () => {
  const { device, clock } = aPair();
  const all = await device.power.supported();
  await device.power.off();
  await clock.advance(4_000);
  assert.deepEqual(await device.power.supported(), all);
  assert.deepEqual(
    ["on", "off", "cycle", "reset", "softOff", "softReset"].filter((one) => !all.some((it) => it === one)),
    [],
  );
});

test("one power scheme is in force, and another takes its place", async () => {
  const { device } = aPair();
  const [always, onlyOn] = (await device.power.schemes()).toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
  assert.equal(always?.isCurrent, true);
  assert.equal(onlyOn?.name, "Desktop: ON in S0");
  await device.power.setScheme(onlyOn.id);
  assert.deepEqual(
    (await device.power.schemes()).filter((one) => one.isCurrent),
    [{ ...onlyOn, isCurrent: true }],
  );
  await assert.rejects(device.power.setScheme("bm9uZQ=="), errorWith("wsman.fault.destinationUnreachable"));
});

test("the operating system is brought out of its power saving while it runs; firmware before 11 cannot", async () => {
  const { device, clock } = aPair();
  await device.power.setOsPowerSaving("saving");
  assert.equal(await device.power.osPowerSaving(), "saving");
  await device.power.setOsPowerSaving("full");
  assert.equal(await device.power.osPowerSaving(), "full");
  await device.power.off();
  await clock.advance(4_000);
  assert.equal(await device.power.osPowerSaving(), "unknown");
  await assert.rejects(device.power.setOsPowerSaving("full"), { code: "amt.power.refused" });
  const old = aPair({ generation: "7" }).device;
  await assert.rejects(old.power.osPowerSaving(), errorWith("amt.release.lacking", { since: "11.0" }));
});
