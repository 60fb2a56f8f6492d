import type { Facts } from "./device.ts";
import type { DeviceChange } from "./devices.store.ts";

/** What a device told about itself, as the registry's columns; what is left out is in no column. */
export function columnsOf(facts: Facts) {
  const { release, hostName, model, manufacturer, serialNumber, biosVersion, controlMode, profile, certificate } =
    facts;
  return {
    ...(facts.address === undefined ? {} : { address: facts.address }),
    ...(release === undefined ? {} : { release }),
    ...(hostName === undefined ? {} : { host_name: hostName }),
    ...(model === undefined ? {} : { model }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(serialNumber === undefined ? {} : { serial_number: serialNumber }),
    ...(facts.macAddress === undefined ? {} : { mac_address: facts.macAddress }),
    ...(biosVersion === undefined ? {} : { bios_version: biosVersion }),
    ...(controlMode === undefined ? {} : { control_mode: controlMode }),
    ...(profile === undefined ? {} : { profile }),
    ...(facts.profileVersion === undefined ? {} : { profile_version: facts.profileVersion }),
    ...(facts.channel === undefined ? {} : { channel: facts.channel }),
    ...(facts.setupMethod === undefined ? {} : { setup_method: facts.setupMethod }),
    ...(facts.profileAppliedAt === undefined ? {} : { profile_applied_at: facts.profileAppliedAt }),
    ...(facts.maintainedAt === undefined ? {} : { maintained_at: facts.maintainedAt }),
    ...(certificate === undefined ? {} : { certificate: JSON.stringify(certificate) }),
    ...(facts.rootSet === undefined ? {} : { root_set: facts.rootSet }),
    ...(facts.inventoryAt === undefined ? {} : { inventory_at: facts.inventoryAt }),
  } satisfies DeviceChange;
}
