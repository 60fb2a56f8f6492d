import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { DeviceRecord, Devices } from "./devices.ts";

/** Asks the device for its power and hardware now, and stores what it says. */
export async function refreshDevice(
  deps: { readonly devices: Devices; readonly postgres: Postgres; readonly clock: Clock },
  uuid: string,
  signal: AbortSignal,
): Promise<DeviceRecord> {
  const { devices, postgres, clock } = deps;
  await devices.using(uuid, { signal }, async (device: AmtDevice) => {
    const { power } = await device.power.state();
    await devices.notePower(uuid, power);
    const inventory = await device.inventory.read();
    await postgres.transaction((tx) =>
      devices.noteFacts(tx, uuid, {
        model: inventory.model,
        manufacturer: inventory.manufacturer,
        serialNumber: inventory.serialNumber,
        biosVersion: inventory.bios.version,
        inventoryAt: new Date(clock.now()),
      }),
    );
  });
  return devices.get(uuid);
}
