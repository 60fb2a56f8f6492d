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

test("fans, sensors, power supplies, batteries and PCI devices are there, and the BIOS's own tables", async () => {
  const { device, firmware } = aPair({ index: 1 });
  const parts = await device.inventory.readParts();
  assert.equal(parts.product, firmware.identity.model);
  assert.deepEqual(parts.fans, [{ id: "Fan 0", isActive: true }]);
  assert.equal(parts.sensors.length, 2);
  assert.deepEqual(parts.powerSupplies, [{ id: "Power Supply 0", milliwatts: 65_000 }]);
  assert.equal(parts.batteries[0]?.designMillivolts, 11_550);
  assert.partialDeepStrictEqual(parts.pciDevices[0], { vendorId: 0x8086, deviceId: 0x3ec2, classCode: 6 });
  const table = (await device.inventory.tables()).get("SMBIOS");
  assert.ok(table !== undefined && Buffer.from(table).includes(firmware.identity.serialNumber));
});

test("firmware before 15 lists no batteries, which leaves the list empty", async () => {
  const { device } = aPair({ generation: "11.8" });
  assert.deepEqual((await device.inventory.readParts()).batteries, []);
});
