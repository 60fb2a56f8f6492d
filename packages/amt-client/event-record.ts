// One record of the event log, 21 bytes.  @source protocols B.9
//
//   offset size field                         offset size field
//        0    4 seconds UTC, little-endian         9    1 severity
//        4    1 device address                    10    1 sensor number
//        5    1 sensor type                       11    1 entity
//        6    1 event type                        12    1 entity instance
//        7    1 event offset                      13    8 data
//        8    1 event source type

export type EventSeverity =
  | "unspecified"
  | "monitor"
  | "information"
  | "ok"
  | "non-critical"
  | "critical"
  | "non-recoverable";

/** One thing that the device noted. */
export interface LoggedEvent {
  readonly at: Date;
  readonly severity: EventSeverity;
  /** In words; "sensor 12, event 3" for one that nobody has described. */
  readonly text: string;
  readonly sensorType: number;
  readonly eventType: number;
  readonly eventOffset: number;
  readonly sensorNumber: number;
  /** What it happened to: a number of the IPMI entity table, 34 is the BIOS. */
  readonly entity: number;
  readonly entityInstance: number;
  /** Eight bytes, lower-case hex. */
  readonly data: string;
}

const recordBytes = 21;

/** Reads a record; undefined when it has another length. */
export function decodeRecord(bytes: Uint8Array): LoggedEvent | undefined {
  if (bytes.length !== recordBytes) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = view.subarray(13);
  const sensorType = view.readUInt8(5);
  const eventOffset = view.readUInt8(7);
  return {
    at: new Date(view.readUInt32LE(0) * 1_000),
    severity: severities[view.readUInt8(9)] ?? "unspecified",
    text: textOf(sensorType, eventOffset, data),
    sensorType,
    eventType: view.readUInt8(6),
    eventOffset,
    sensorNumber: view.readUInt8(10),
    entity: view.readUInt8(11),
    entityInstance: view.readUInt8(12),
    data: data.toString("hex"),
  };
}

const severities: Readonly<Record<number, EventSeverity>> = {
  0: "unspecified",
  1: "monitor",
  2: "information",
  4: "ok",
  8: "non-critical",
  16: "critical",
  32: "non-recoverable",
};

/** How far the BIOS has come. Our words for the codes of IPMI PET 1.0. @source protocols B.9 "Progress codes" */
const progress: Readonly<Record<number, string>> = {
  0: "BIOS progress",
  1: "Memory is being initialized",
  2: "Disk is being initialized",
  3: "Further processors are being initialized",
  4: "Waiting for a user to log in",
  5: "BIOS setup was entered",
  6: "USB is being configured",
  7: "PCI is being configured",
  8: "Option ROM is being initialized",
  9: "Video is being initialized",
  10: "Cache is being initialized",
  11: "SMBus is being initialized",
  12: "Keyboard controller is being initialized",
  13: "Embedded controller is being initialized",
  14: "Docking station was attached",
  15: "Docking station was enabled",
  16: "Docking station was ejected",
  17: "Docking station was disabled",
  18: "Operating system is being woken",
  19: "Operating system is being started",
  20: "Board is being initialized",
  22: "Floppy drive is being initialized",
  23: "Keyboard is being tested",
  24: "Pointing device is being tested",
  25: "First processor is being initialized",
};

/** What the BIOS found wrong. @source protocols B.9 "Firmware error codes" */
const errors: Readonly<Record<number, string>> = {
  1: "No memory was found",
  2: "No usable memory was found",
  3: "Disk failed",
  4: "Board failed",
  5: "Floppy drive failed",
  6: "Disk controller failed",
  7: "Keyboard failed",
  8: "No medium to start from was found",
  9: "Video controller failed",
  10: "No video device was found",
  11: "BIOS ROM is corrupt",
  12: "Processor voltages do not match",
  13: "Processor speeds do not match",
};

/** Who opened or closed what over the network. @source protocols B.9, sensor 192 */
const sessions: Readonly<Record<number, string>> = {
  0: "Serial-over-LAN session began",
  1: "Serial-over-LAN session ended",
  2: "Remote disk session began",
  3: "Remote disk session ended",
};

function textOf(sensorType: number, offset: number, data: Buffer): string {
  const [first = 0, second = 0, third = 0] = data;
  switch (sensorType) {
    case 5:
      return offset === 0 ? "Case was opened" : "Case intrusion";
    case 6:
      return `Login failed ${data.readUInt16LE(1)} times`;
    case 15:
      return firmwareText(offset, first, second);
    case 18:
      return "A watched program changed its state";
    case 30:
      return "No medium to start from was found";
    case 32:
      return "Operating system hangs, or lost power";
    case 35:
      return "BIOS did not start in time";
    case 36:
      return "A network filter matched";
    case 37:
      return "Machine started";
    case 192:
      if (first === 0xaa && second === 0x30) return sessions[third] ?? "Redirection session";
      return "A security policy was invoked";
    case 193:
      return second === 0x30 ? "The user asked for a connection" : "Network access control changed";
    default:
      return `Sensor ${sensorType}, event ${offset}`;
  }
}

/** A code in the second byte, when the first says that it is one of the platform's. */
function firmwareText(offset: number, first: number, second: number): string {
  const isPlatformCode = first === 0x40;
  if (offset === 0) return (isPlatformCode ? errors[second] : undefined) ?? "BIOS error";
  return (isPlatformCode ? progress[second] : undefined) ?? "BIOS progress";
}
