import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

test("arrange() makes one boot start from the network; then the options are gone", async () => {
  const { device, firmware, clock } = aPair();
  await using _ = device;
  await device.boot.arrange("network");
  assert.equal(firmware.state.boot.source, "Intel(r) AMT: Force PXE Boot");
  assert.equal(firmware.state.boot.isNext, true);
  await device.power.cycle();
  await clock.advance(10_000);
  assert.equal(firmware.state.boot.source, null);
});

test("BIOS setup is arranged even while a boot source is chosen", async () => {
  const { device } = aPair();
  await using _ = device;
  await device.boot.arrange("disk");
  await device.boot.arrange("bios-setup");
  assert.deepEqual(await device.boot.read(), { isPending: true, entersBiosSetup: true, pausesInBios: false });
  await device.boot.clear();
  assert.deepEqual(await device.boot.read(), { isPending: false, entersBiosSetup: false, pausesInBios: false });
});

test("a source that the firmware lacks is refused, and nothing of the attempt remains", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  assert.deepEqual(await device.boot.supported(), ["disk", "network", "cd", "bios-setup"]);
  await assert.rejects(device.boot.arrange("diagnostic"), { code: "amt.boot.refused" });
  assert.equal(firmware.state.boot.source, null);
  assert.deepEqual(await device.boot.read(), { isPending: false, entersBiosSetup: false, pausesInBios: false });
});
