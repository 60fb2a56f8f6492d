import { fail } from "../errors.ts";
import { redirectionTypes } from "./handshake.ts";
import { joined, partOf, viewOf, type Framing } from "./messages.ts";

// The serial line's own messages, after the login; integers little-endian. Each begins: type, 3 zeros, 4 sequence number.  @source protocols D.3
//
//   manager                                          device
//   20 start                                         21 started; its byte 1 is the status
//        8    2 most bytes the device holds unsent        8   15 the limits again, and the maker's own
//       10    2 when it sends what it holds, ms      2A data, as 28
//       12    2 how long it holds when full, ms      29 lines
//       14    2 after which silence it ends, ms           8    1 control: 1 RTS, 2 DTR, 4 BREAK
//       16    2 when it gives up on the host, ms          9    1 status, see lineStatus
//       18    2 period of its heartbeats, ms; 0 none 23 ended
//       20    4 zeros
//   27 settings, 6 bytes of unknown meaning          both: 24 ping, 25 pong, 2B heartbeat
//   28 data
//        8    2 length, then as many bytes
//   22 end; and 12, which ends the session
//
// Managers in use count up from 1 or always send 0, so nobody checks sequence numbers.

const types = {
  start: 0x20,
  started: 0x21,
  end: 0x22,
  ended: 0x23,
  ping: 0x24,
  pong: 0x25,
  settings: 0x27,
  managerData: 0x28,
  lines: 0x29,
  deviceData: 0x2a,
  heartbeat: 0x2b,
} as const;

/** @source protocols D.3 */
export const controlLines = { rts: 1, dtr: 2, break: 4 } as const;
/** @source protocols D.3 */
export const lineStatus = { overflow: 1, loopback: 2, poweredOn: 4, receiveTimeout: 8, testMode: 16 } as const;

/** How the host's end of the line is. */
export interface SerialLines {
  readonly isPoweredOn: boolean;
  /** True when the host said more than we took: some of it is lost. */
  readonly hasOverflowed: boolean;
}

/** @param status of the message `lines` */
export function serialLinesOf(status: number): SerialLines {
  return {
    isPoweredOn: (status & lineStatus.poweredOn) !== 0,
    hasOverflowed: (status & lineStatus.overflow) !== 0,
  };
}

/** Keys of one message. Chosen: below every limit that managers in use ask for. */
export const mostKeys = 1_000;

/** How the device is to keep time and hold back; milliseconds, and bytes. */
export interface SolLimits {
  readonly transmitBytes: number;
  readonly transmitTimeoutMs: number;
  readonly overflowTimeoutMs: number;
  readonly receiveTimeoutMs: number;
  readonly flushTimeoutMs: number;
  /** 0: the device sends none. */
  readonly heartbeatMs: number;
}

/** What managers in use ask for. @source protocols D.3 */
export const usualSolLimits: SolLimits = {
  transmitBytes: 10_000,
  transmitTimeoutMs: 100,
  overflowTimeoutMs: 0,
  receiveTimeoutMs: 10_000,
  flushTimeoutMs: 100,
  heartbeatMs: 5_000,
};
/** How often a manager sends a heartbeat: far below the receive timeout. @source protocols D.3: MeshCentral's */
export const solBeatMs = 2_000;

interface Counted {
  readonly sequence: number;
}
interface Plain<T extends string> extends Counted {
  readonly type: T;
}
export interface SolData extends Counted {
  readonly type: "data";
  /** At most 65,535 bytes. */
  readonly data: Uint8Array;
}

/** What a manager says. */
export type ManagerSol =
  | (Plain<"start"> & { readonly limits: SolLimits })
  | (Plain<"settings"> & { readonly data: Uint8Array })
  | SolData
  | Plain<"end" | "ping" | "pong" | "heartbeat">
  | { readonly type: "endSession" };

/** What a device says. */
export type DeviceSol =
  | (Plain<"started"> & { readonly status: number; readonly data: Uint8Array })
  | SolData
  | (Plain<"lines"> & { readonly control: number; readonly status: number })
  | Plain<"ended" | "ping" | "pong" | "heartbeat">;

/** The limits' fields, in the order of the wire. */
const limitFields = [
  "transmitBytes",
  "transmitTimeoutMs",
  "overflowTimeoutMs",
  "receiveTimeoutMs",
  "flushTimeoutMs",
  "heartbeatMs",
] as const;
const settingsBytes = 6;
const startedBytes = 15;
/** What two bytes of length can say. */
const mostData = 0xffff;

/** @throws wire.redirection.malformed, wire.redirection.too-large */
export function encodeManagerSol(message: ManagerSol): Uint8Array {
  switch (message.type) {
    case "start": {
      const bytes = headed(types.start, message.sequence, 16);
      const view = viewOf(bytes);
      limitFields.forEach((name, index) => view.setUint16(8 + 2 * index, message.limits[name], true));
      return bytes;
    }
    case "settings":
      return filled(types.settings, message.sequence, message.data, settingsBytes);
    case "data":
      return data(types.managerData, message);
    case "endSession":
      return Uint8Array.of(redirectionTypes.end, 0, 0, 0);
    default:
      return headed(types[message.type], message.sequence, 0);
  }
}

/** @throws wire.redirection.malformed, wire.redirection.too-large */
export function encodeDeviceSol(message: DeviceSol): Uint8Array {
  switch (message.type) {
    case "started": {
      const bytes = filled(types.started, message.sequence, message.data, startedBytes);
      bytes[1] = message.status;
      return bytes;
    }
    case "lines": {
      const bytes = headed(types.lines, message.sequence, 2);
      bytes.set([message.control, message.status], 8);
      return bytes;
    }
    case "data":
      return data(types.deviceData, message);
    default:
      return headed(types[message.type], message.sequence, 0);
  }
}

export const managerSol: Framing<ManagerSol> = {
  lengthOf: (bytes) => lengthIn(managerLengths, types.managerData, bytes),
  decode(message) {
    const view = viewOf(message);
    const [type] = message;
    if (type === redirectionTypes.end) return { type: "endSession" };
    const sequence = view.getUint32(4, true);
    if (type === types.managerData) return { type: "data", sequence, data: partOf(message, 10) };
    if (type === types.settings) return { type: "settings", sequence, data: partOf(message, 8) };
    if (type !== types.start) return { type: plainType(type, ["end", "ping", "pong", "heartbeat"]), sequence };
    const [
      transmitBytes = 0,
      transmitTimeoutMs = 0,
      overflowTimeoutMs = 0,
      receiveTimeoutMs = 0,
      flushTimeoutMs = 0,
      heartbeatMs = 0,
    ] = limitFields.map((_name, index) => view.getUint16(8 + 2 * index, true));
    const limits = {
      transmitBytes,
      transmitTimeoutMs,
      overflowTimeoutMs,
      receiveTimeoutMs,
      flushTimeoutMs,
      heartbeatMs,
    };
    return { type: "start", sequence, limits };
  },
};

export const deviceSol: Framing<DeviceSol> = {
  lengthOf: (bytes) => lengthIn(deviceLengths, types.deviceData, bytes),
  decode(message) {
    const [type, status = 0] = message;
    const sequence = viewOf(message).getUint32(4, true);
    if (type === types.deviceData) return { type: "data", sequence, data: partOf(message, 10) };
    if (type === types.started) return { type: "started", status, sequence, data: partOf(message, 8) };
    if (type === types.lines) return { type: "lines", sequence, control: message[8] ?? 0, status: message[9] ?? 0 };
    return { type: plainType(type, ["ended", "ping", "pong", "heartbeat"]), sequence };
  },
};

const managerLengths: Readonly<Record<number, number>> = {
  [redirectionTypes.end]: 4,
  [types.start]: 24,
  [types.settings]: 8 + settingsBytes,
  [types.end]: 8,
  [types.ping]: 8,
  [types.pong]: 8,
  [types.heartbeat]: 8,
};
const deviceLengths: Readonly<Record<number, number>> = {
  [types.started]: 8 + startedBytes,
  [types.lines]: 10,
  [types.ended]: 8,
  [types.ping]: 8,
  [types.pong]: 8,
  [types.heartbeat]: 8,
};

function lengthIn(lengths: Readonly<Record<number, number>>, dataType: number, bytes: Uint8Array): number | undefined {
  const [type = -1] = bytes;
  if (type === dataType) return bytes.length < 10 ? undefined : 10 + viewOf(bytes).getUint16(8, true);
  const length = lengths[type];
  if (length === undefined) throw fail("wire.redirection.unknown", { details: { offset: 0, got: type } });
  return length;
}

function plainType<const N extends "end" | "ended" | "ping" | "pong" | "heartbeat">(
  type: number | undefined,
  names: readonly N[],
): N {
  const name = names.find((one) => types[one] === type);
  if (name === undefined) throw fail("wire.redirection.unknown", { details: { offset: 0, got: type ?? -1 } });
  return name;
}

function data(type: number, { sequence, data: content }: SolData): Uint8Array {
  if (content.length > mostData) {
    throw fail("wire.redirection.too-large", { details: { bytes: content.length, maxBytes: mostData } });
  }
  const bytes = headed(type, sequence, 2);
  viewOf(bytes).setUint16(8, content.length, true);
  return joined(bytes, content);
}

function filled(type: number, sequence: number, content: Uint8Array, length: number): Uint8Array {
  if (content.length !== length) {
    throw fail("wire.redirection.malformed", { details: { expected: `${length} bytes`, got: content.length } });
  }
  return joined(headed(type, sequence, 0), content);
}

/** A head, and room behind it. */
function headed(type: number, sequence: number, more: number): Uint8Array {
  const bytes = new Uint8Array(8 + more);
  bytes[0] = type;
  viewOf(bytes).setUint32(4, sequence, true);
  return bytes;
}
