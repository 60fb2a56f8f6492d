import { fail } from "../errors.ts";
import { redirectionTypes } from "./handshake.ts";
import { joined, partOf, viewOf, type Framing } from "./messages.ts";

// A disk's own messages, after the login; integers little-endian. Each begins: type, 2 zeros, attributes (1 DMA, 2 the last of its kind),
// 4 sequence number. Each side counts its own from 0; a gap ends the session.  @source protocols D.4
//
//   manager                                     device
//   40 open                                     41 opened
//        8 2 receive timeout, ms                     8 1 1 1 1 version, firmware's version
//       10 2 transmit timeout, ms                   16 2 most bytes of data to it in a message
//       12 2 heartbeat, ms                          18 2 most bytes of data from it in a message
//       14 4 version: 1                             21 1 protocol: 0
//   42 close                                        25 4 maker: 343
//   47 reset done                                   29 1 length, then the maker's own
//   48 feature                                  43 closed
//        8 1 feature   9 4 value                46 reset
//   51 command end                                   8 1 mask
//   52 want data from the host                  49 feature reply, as 48
//   54 data to the host: 34 bytes, then data    4A error
//                                                    8 1 code, 2 unknown
//   both: 44 ping, 45 pong, 4B heartbeat        50 command
//   12 ends the session                              9 1 feature register: 1 DMA
//                                                   14 1 device: bit 4 set for the CD, else the floppy
//                                                   16 12 packet, see atapi.ts
//                                               53 data from the host
//                                                    9 2 length   14 … data
//   51, 52 and 54 hold two images of a drive's registers, in and out; which of them are which is an interpretation, the bytes are not:
//        8 0  9 2 length  11 0  12 1 B5, B4 with DMA  13 0  14 1 2 in 54  15 0  16 2 length again, 0 with DMA  18 1 device  19 1 58
//       20 1 mask  21 1 error: sense key << 4  22 1 3  26 1 device  27 1 status: 50 good, 51 not  28 1 1 1 sense key, code, qualifier

const types = {
  open: 0x40,
  opened: 0x41,
  close: 0x42,
  closed: 0x43,
  ping: 0x44,
  pong: 0x45,
  reset: 0x46,
  resetDone: 0x47,
  feature: 0x48,
  featureReply: 0x49,
  error: 0x4a,
  heartbeat: 0x4b,
  command: 0x50,
  commandEnd: 0x51,
  wantData: 0x52,
  dataFromHost: 0x53,
  dataToHost: 0x54,
} as const;

/** What is asked for by message 48. @source protocols D.4 */
export const iderFeatures = { registers: 1, status: 2, toggle: 3 } as const;
/** Values of the toggle: on and off, and when. @source protocols D.4 */
export const iderToggle = { enable: 0x01, onReboot: 0x08, graceful: 0x10, now: 0x18 } as const;
/** Bits of the answers: redirection can be had; it is in force. @source protocols D.4 */
export const iderReplies = { isSupported: 1, isEnabled: 2 } as const;
/** How both sides name the drives. @source protocols D.4 */
export const iderDrives = { floppy: 0xa0, cd: 0xb0 } as const;
/** In command's device byte. */
const cdBit = 0x10;
/** Data of one message; a device that wants more is not spoken to. @source protocols D.4 */
export const maxIderData = 8192;

export type IderDrive = keyof typeof iderDrives;

/** Why a command failed: sense key, code and qualifier. @source SPC-3, 4.5 */
export interface Sense {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
}

interface Counted {
  readonly sequence: number;
}
interface Plain<T extends string> extends Counted {
  readonly type: T;
}
type BothSides = Plain<"ping" | "pong" | "heartbeat">;

/** What a manager says. */
export type ManagerIder =
  | BothSides
  | Plain<"close" | "resetDone">
  | (Plain<"open"> & {
      readonly receiveTimeoutMs: number;
      readonly transmitTimeoutMs: number;
      readonly heartbeatMs: number;
      readonly version: number;
    })
  | (Plain<"feature"> & { readonly feature: number; readonly value: number })
  | (Plain<"commandEnd"> & {
      /** A byte, as the command had it or one of iderDrives. */
      readonly device: number;
      /** Absent when all went well. */
      readonly sense?: Sense;
    })
  | (Plain<"wantData"> & { readonly device: number; readonly bytes: number })
  | (Plain<"dataToHost"> & {
      readonly device: number;
      readonly isLast: boolean;
      readonly isDma: boolean;
      readonly data: Uint8Array;
    })
  | { readonly type: "endSession" };

/** What a device says. */
export type DeviceIder =
  | BothSides
  | Plain<"closed">
  | (Plain<"opened"> & {
      readonly version: readonly [major: number, minor: number];
      readonly firmware: readonly [major: number, minor: number];
      /** Most bytes of data to it, and from it, in a message. */
      readonly readBytes: number;
      readonly writeBytes: number;
      readonly protocol: number;
      readonly oem: Uint8Array;
    })
  | (Plain<"reset"> & { readonly mask: number })
  | (Plain<"featureReply"> & { readonly feature: number; readonly value: number })
  | (Plain<"error"> & { readonly code: number })
  | (Plain<"command"> & {
      readonly isDma: boolean;
      /** As it came: it goes back with the data. */
      readonly device: number;
      /** 12 bytes. */
      readonly packet: Uint8Array;
    })
  | (Plain<"dataFromHost"> & { readonly data: Uint8Array });

/** The drive that a command's device byte means. */
export function driveOf(device: number): IderDrive {
  return (device & cdBit) === 0 ? "floppy" : "cd";
}

const attributes = { dma: 1, last: 2 } as const;
const versionAndMaker = 343;
const states = { good: 0x50, failed: 0x51, wantsData: 0x58 } as const;
const masks = { good: 0xc5, failed: 0x87, lastData: 0x85 } as const;
const transfers = { pio: 0xb5, dma: 0xb4 } as const;

/** @throws wire.redirection.malformed, wire.redirection.too-large */
export function encodeManagerIder(message: ManagerIder): Uint8Array {
  switch (message.type) {
    case "open": {
      const bytes = headed(types.open, message.sequence, 10);
      const view = viewOf(bytes);
      view.setUint16(8, message.receiveTimeoutMs, true);
      view.setUint16(10, message.transmitTimeoutMs, true);
      view.setUint16(12, message.heartbeatMs, true);
      view.setUint32(14, message.version, true);
      return bytes;
    }
    case "feature":
      return feature(types.feature, message);
    case "commandEnd": {
      const { device, sense } = message;
      const bytes = headed(types.commandEnd, message.sequence, 23, attributes.last);
      if (sense === undefined) bytes.set([masks.good, 0, 3, 0, 0, 0, device, states.good], 20);
      else {
        const { key, code, qualifier } = sense;
        bytes.set([masks.failed, (key << 4) & 0xff, 3, 0, 0, 0, device, states.failed, key, code, qualifier], 20);
      }
      return bytes;
    }
    case "wantData": {
      const bytes = headed(types.wantData, message.sequence, 23);
      transfer(bytes, { ...message, isDma: false, mark: 0 });
      return bytes;
    }
    case "dataToHost": {
      const { data, isLast, isDma, device } = message;
      bound(data.length);
      const bytes = headed(
        types.dataToHost,
        message.sequence,
        26,
        (isLast ? attributes.last : 0) + (isDma ? attributes.dma : 0),
      );
      transfer(bytes, { device, isDma, bytes: data.length, mark: 2 });
      if (isLast) bytes.set([masks.lastData, 0, 3, 0, 0, 0, device, states.good], 20);
      return joined(bytes, data);
    }
    case "endSession":
      return Uint8Array.of(redirectionTypes.end, 0, 0, 0);
    default:
      return headed(types[message.type], message.sequence, 0);
  }
}

/** @throws wire.redirection.malformed, wire.redirection.too-large */
export function encodeDeviceIder(message: DeviceIder): Uint8Array {
  switch (message.type) {
    case "opened": {
      const { oem } = message;
      if (oem.length > 255) throw malformed(29, "at most 255 bytes", oem.length);
      const bytes = headed(types.opened, message.sequence, 22);
      bytes.set([...message.version, ...message.firmware], 8);
      const view = viewOf(bytes);
      view.setUint16(16, message.readBytes, true);
      view.setUint16(18, message.writeBytes, true);
      bytes[21] = message.protocol;
      view.setUint32(25, versionAndMaker, true);
      bytes[29] = oem.length;
      return joined(bytes, oem);
    }
    case "reset":
    case "error": {
      const bytes = headed(types[message.type], message.sequence, message.type === "reset" ? 1 : 3);
      bytes[8] = message.type === "reset" ? message.mask : message.code;
      return bytes;
    }
    case "featureReply":
      return feature(types.featureReply, message);
    case "command": {
      if (message.packet.length !== 12) throw malformed(16, "12 bytes", message.packet.length);
      const bytes = headed(types.command, message.sequence, 20);
      bytes[9] = message.isDma ? 1 : 0;
      bytes[14] = message.device;
      bytes.set(message.packet, 16);
      return bytes;
    }
    case "dataFromHost": {
      bound(message.data.length);
      const bytes = headed(types.dataFromHost, message.sequence, 6);
      viewOf(bytes).setUint16(9, message.data.length, true);
      return joined(bytes, message.data);
    }
    default:
      return headed(types[message.type], message.sequence, 0);
  }
}

export const managerIder: Framing<ManagerIder> = {
  lengthOf(bytes) {
    if (bytes[0] === types.dataToHost) return withData(bytes, 34);
    return known(managerLengths, bytes);
  },
  decode(message) {
    const view = viewOf(message);
    const [type] = message;
    if (type === redirectionTypes.end) return { type: "endSession" };
    const sequence = view.getUint32(4, true);
    const attribute = message[3] ?? 0;
    switch (type) {
      case types.open: {
        const [receiveTimeoutMs, transmitTimeoutMs, heartbeatMs] = [
          view.getUint16(8, true),
          view.getUint16(10, true),
          view.getUint16(12, true),
        ];
        return {
          type: "open",
          sequence,
          receiveTimeoutMs,
          transmitTimeoutMs,
          heartbeatMs,
          version: view.getUint32(14, true),
        };
      }
      case types.feature:
        return { type: "feature", sequence, feature: message[8] ?? 0, value: view.getUint32(9, true) };
      case types.commandEnd: {
        const [device = 0, status = 0, key = 0, code = 0, qualifier = 0] = message.subarray(26, 31);
        const isGood = (status & 1) === 0;
        return { type: "commandEnd", sequence, device, ...(isGood ? {} : { sense: { key, code, qualifier } }) };
      }
      case types.wantData:
        return { type: "wantData", sequence, device: message[18] ?? 0, bytes: view.getUint16(9, true) };
      case types.dataToHost: {
        const isLast = (attribute & attributes.last) !== 0;
        const isDma = (attribute & attributes.dma) !== 0;
        return { type: "dataToHost", sequence, device: message[18] ?? 0, isLast, isDma, data: partOf(message, 34) };
      }
      default:
        return { type: plainType(type, ["close", "ping", "pong", "resetDone", "heartbeat"]), sequence };
    }
  },
};

export const deviceIder: Framing<DeviceIder> = {
  lengthOf(bytes) {
    if (bytes[0] === types.dataFromHost) return withData(bytes, 14);
    if (bytes[0] !== types.opened) return known(deviceLengths, bytes);
    const oemBytes = bytes[29];
    return oemBytes === undefined ? undefined : 30 + oemBytes;
  },
  decode(message) {
    const view = viewOf(message);
    const [type] = message;
    const sequence = view.getUint32(4, true);
    switch (type) {
      case types.opened: {
        const [major = 0, minor = 0, firmwareMajor = 0, firmwareMinor = 0] = message.subarray(8, 12);
        return {
          type: "opened",
          sequence,
          version: [major, minor],
          firmware: [firmwareMajor, firmwareMinor],
          readBytes: view.getUint16(16, true),
          writeBytes: view.getUint16(18, true),
          protocol: message[21] ?? 0,
          oem: partOf(message, 30),
        };
      }
      case types.reset:
        return { type: "reset", sequence, mask: message[8] ?? 0 };
      case types.error:
        return { type: "error", sequence, code: message[8] ?? 0 };
      case types.featureReply:
        return { type: "featureReply", sequence, feature: message[8] ?? 0, value: view.getUint32(9, true) };
      case types.command: {
        const isDma = ((message[9] ?? 0) & 1) === 1;
        return { type: "command", sequence, isDma, device: message[14] ?? 0, packet: partOf(message, 16) };
      }
      case types.dataFromHost:
        return { type: "dataFromHost", sequence, data: partOf(message, 14) };
      default:
        return { type: plainType(type, ["closed", "ping", "pong", "heartbeat"]), sequence };
    }
  },
};

const managerLengths: Readonly<Record<number, number>> = {
  [redirectionTypes.end]: 4,
  [types.open]: 18,
  [types.close]: 8,
  [types.ping]: 8,
  [types.pong]: 8,
  [types.resetDone]: 8,
  [types.feature]: 13,
  [types.heartbeat]: 8,
  [types.commandEnd]: 31,
  [types.wantData]: 31,
};
const deviceLengths: Readonly<Record<number, number>> = {
  [types.closed]: 8,
  [types.ping]: 8,
  [types.pong]: 8,
  [types.reset]: 9,
  [types.featureReply]: 13,
  [types.error]: 11,
  [types.heartbeat]: 8,
  [types.command]: 28,
};

function known(lengths: Readonly<Record<number, number>>, bytes: Uint8Array): number {
  const [type = -1] = bytes;
  const length = lengths[type];
  if (length === undefined) throw fail("wire.redirection.unknown", { details: { offset: 0, got: type } });
  return length;
}

/** @param head bytes before the data, whose length stands at 9 */
function withData(bytes: Uint8Array, head: number): number | undefined {
  if (bytes.length < 11) return undefined;
  const length = viewOf(bytes).getUint16(9, true);
  bound(length);
  return head + length;
}

function bound(bytes: number): void {
  if (bytes > maxIderData) throw fail("wire.redirection.too-large", { details: { bytes, maxBytes: maxIderData } });
}

function plainType<const N extends keyof typeof types>(type: number | undefined, names: readonly N[]): N {
  const name = names.find((one) => types[one] === type);
  if (name === undefined) throw fail("wire.redirection.unknown", { details: { offset: 0, got: type ?? -1 } });
  return name;
}

function feature(type: number, message: Counted & { readonly feature: number; readonly value: number }): Uint8Array {
  const bytes = headed(type, message.sequence, 5);
  bytes[8] = message.feature;
  viewOf(bytes).setUint32(9, message.value, true);
  return bytes;
}

/** The registers of a transfer. */
function transfer(
  bytes: Uint8Array,
  of: { readonly device: number; readonly isDma: boolean; readonly bytes: number; readonly mark: number },
): void {
  const view = viewOf(bytes);
  view.setUint16(9, of.bytes, true);
  bytes[12] = of.isDma ? transfers.dma : transfers.pio;
  bytes[14] = of.mark;
  view.setUint16(16, of.isDma ? 0 : of.bytes, true);
  bytes.set([of.device, states.wantsData], 18);
}

/** A head, and room behind it. */
function headed(type: number, sequence: number, more: number, attribute = 0): Uint8Array {
  const bytes = new Uint8Array(8 + more);
  bytes[0] = type;
  bytes[3] = attribute;
  viewOf(bytes).setUint32(4, sequence, true);
  return bytes;
}

function malformed(offset: number, expected: string, got: number): Error {
  return fail("wire.redirection.malformed", { details: { offset, expected, got } });
}
