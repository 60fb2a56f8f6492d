import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";
import { aFault } from "../testing/scripted-device.ts";

test("the inventory is the machine's own", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  const { identity } = firmware;
  const inventory = await device.inventory.read();
  assert.partialDeepStrictEqual(inventory, {
    uuid: identity.uuid,
    manufacturer: identity.manufacturer,
    model: identity.model,
    serialNumber: identity.serialNumber,
    bios: { version: identity.biosVersion },
    processors: [{ id: "CPU 0", name: identity.processor }],
  });
  assert.equal(inventory.memory[0]?.bytes, Number(identity.moduleBytes));
  assert.equal(inventory.disks[0]?.bytes, Number(identity.diskKilobytes) * 1_000);
  assert.equal(inventory.firmware["AMT"], identity.release);
});

test("a class that the firmware lacks leaves its part empty", async () => {
  const { device } = aPair({
    fault: (body) => (body.includes("CIM_MediaAccessDevice") ? aFault(body, "b:DestinationUnreachable") : undefined),
  });
  await using _ = device;
  const inventory = await device.inventory.read();
  assert.deepEqual(inventory.disks, []);
  assert.equal(inventory.processors.length, 1);
});
