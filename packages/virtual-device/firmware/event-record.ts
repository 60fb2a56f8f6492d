// One record of the event log, 21 bytes.  @source protocols B.9
//
//   offset size field                    offset size field
//        0    4 time, little-endian s         9    1 severity
//        4    1 device address               10    1 sensor number
//        5    1 sensor type                  11    1 entity
//        6    1 event type                   12    1 entity instance
//        7    1 event offset                 13    8 data
//        8    1 event source type

export interface EventRecord {
  readonly sensorType: number;
  readonly eventOffset: number;
  readonly severity: number;
  readonly entity: number;
  /** 0 when absent. */
  readonly entityInstance?: number;
  readonly data: readonly number[];
}

/** The host's first processor starts: written at every boot, so a power cycle or a reset leaves exactly one. Offset UNVERIFIED. */
export const hostStarted: EventRecord = { sensorType: 37, eventOffset: 0, severity: 1, entity: 34, data: [] };

/** Firmware progress: the operating system is being started. */
export const systemBoots: EventRecord = { sensorType: 15, eventOffset: 2, severity: 1, entity: 34, data: [0x40, 19] };

/** Firmware progress: the user's own setup of the BIOS is shown. @source protocols B.9 "Progress codes" */
export const biosSetupEntered: EventRecord = { ...systemBoots, data: [0x40, 5] };

/** Firmware progress of the maker's own: the drives, or more, are erased. @source protocols B.9 "235"; the rest UNVERIFIED */
export const platformErased: EventRecord = { ...systemBoots, data: [0x40, 235] };

/** There is nothing to start. @source protocols B.9 */
export const noBootMedia: EventRecord = { sensorType: 30, eventOffset: 0, severity: 16, entity: 34, data: [] };

/** @param count how many logins failed in a row @source a recorded record, protocols B.9 */
export function loginsFailed(count: number): EventRecord {
  const data = [0xaa, count & 0xff, (count >> 8) & 0xff];
  return { sensorType: 6, eventOffset: 5, severity: 16, entity: 38, entityInstance: 0x61, data };
}

/** A packet met a filter that reports. @source protocols B.9 "36": 0xAA is the wired port, then the handle, big-endian */
export function filterMatched(handle: number): EventRecord {
  const data = [0xaa, (handle >> 24) & 0xff, (handle >> 16) & 0xff, (handle >> 8) & 0xff, handle & 0xff];
  return { sensorType: 36, eventOffset: 0, severity: 8, entity: 38, entityInstance: 0x61, data };
}

/** An agent's watchdog has changed its state. @param guid 16 bytes @param state its bit @source protocols B.9, B.17 */
export function agentChanged(guid: Uint8Array, state: number): EventRecord {
  const data = [0xaa, ...guid.subarray(0, 6), state];
  return { sensorType: 18, eventOffset: 0, severity: 1, entity: 38, entityInstance: 0x61, data };
}

/** A session of the serial line or of a disk has begun or ended. @source protocols B.9 "192" */
export function sessionChanged(kind: "sol" | "ider", isOpen: boolean): EventRecord {
  const data = [0xaa, 0x30, (kind === "sol" ? 0 : 2) + (isOpen ? 0 : 1), 0];
  return { sensorType: 192, eventOffset: 0, severity: 1, entity: 38, entityInstance: 0x61, data };
}

/** @param atSeconds seconds since 1970 UTC by the device's clock */
export function encodeRecord(record: EventRecord, atSeconds: number): Uint8Array {
  const bytes = Buffer.alloc(21);
  bytes.writeUInt32LE(Math.max(0, Math.trunc(atSeconds)) % 2 ** 32, 0);
  const { sensorType, eventOffset, severity, entity, entityInstance = 0 } = record;
  bytes.set([0xff, sensorType, 0x6f, eventOffset, 0x68, severity, 0xff, entity, entityInstance], 4);
  bytes.set(record.data.slice(0, 8), 13);
  return bytes;
}
