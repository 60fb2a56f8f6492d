import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { DeviceLog, Hardware, LogEntry, LogState } from "@vigil/api/resources/readings.ts";

/** A device's own log as it now is, newest first. */
export interface ReadLog {
  readonly state: LogState;
  readonly entries: readonly LogEntry[];
}

export function readLog(device: AmtDevice, log: DeviceLog): Promise<ReadLog> {
  return log === "event" ? readEventLog(device) : readAuditLog(device);
}

/** Newest first, as the device gives them. */
async function readEventLog(device: AmtDevice): Promise<ReadLog> {
  const { records, capacity, isFrozen } = await device.eventLog.state();
  const events = await device.eventLog.read();
  return {
    state: { records, capacity, percentFree: null, isOn: !isFrozen },
    entries: events.map((one, index) => ({
      number: index + 1,
      at: one.at.toISOString(),
      severity: one.severity,
      source: `sensor ${one.sensorNumber}, entity ${one.entity}`,
      text: one.text,
      who: null,
      from: null,
      data: one.data,
    })),
  };
}

/** The device gives the oldest first. */
async function readAuditLog(device: AmtDevice): Promise<ReadLog> {
  const { records, percentFree, isOn } = await device.auditLog.state();
  const all = await device.auditLog.read();
  return {
    state: { records, capacity: null, percentFree, isOn },
    entries: all.toReversed().map((one, index) => ({
      number: index + 1,
      at: one.at.toISOString(),
      severity: null,
      source: one.application,
      text: one.event,
      who: [one.initiator.name, `(${one.initiator.kind})`].filter((part) => part !== "").join(" "),
      from: one.address === "" ? null : one.address,
      data: Buffer.from(one.extended).toString("hex"),
    })),
  };
}

export async function readHardware(device: AmtDevice): Promise<Hardware> {
  const { processors, memory, disks, ...rest } = await device.inventory.read();
  const { fans, sensors, powerSupplies, batteries, pciDevices, product } = await device.inventory.readParts();
  return {
    ...rest,
    product,
    processors: [...processors],
    memory: [...memory],
    disks: [...disks],
    fans: [...fans],
    sensors: [...sensors],
    powerSupplies: [...powerSupplies],
    batteries: [...batteries],
    pciDevices: [...pciDevices],
  };
}
