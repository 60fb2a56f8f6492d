import { fail } from "../errors.ts";

// Packets of 12 bytes with which a host commands a drive; integers big-endian.  @source protocols D.4; SPC-3, SBC-2 and MMC-3 for the fields
//
//   00 test unit ready
//   08 read(6)      1 5 bits and 2 2 block, 4 1 blocks (0 is 256)
//   28 read(10)     2 4 block, 7 2 blocks                     a8 read(12)     2 4 block, 6 4 blocks
//   0a write(6)     as 08                                     2a write(10), 2e write and verify, aa write(12): as the reads
//   1a mode sense(6)    2 6 bits page, 4 1 most bytes         5a mode sense(10)  2 6 bits page, 7 2 most bytes
//   1b start and stop   4 bit 0 start, bit 1 eject or load
//   1e prevent removal  4 bit 0
//   23 read format capacities  7 2 most bytes                 25 read capacity
//   43 read table of contents  1 bit 1 times, 2 4 bits format, 6 1 track, 7 2 most bytes
//   46 get configuration       1 2 bits which, 2 2 feature, 7 2 most bytes
//   4a get event status        1 bit 0 polled, 4 1 classes, 7 2 most bytes

/** What a packet asks for. */
export type Packet =
  | { readonly name: "testUnitReady" | "readCapacity" }
  | { readonly name: "read" | "write"; readonly block: number; readonly blocks: number }
  | { readonly name: "modeSense"; readonly page: number; readonly mostBytes: number; readonly isLong: boolean }
  | { readonly name: "startStop"; readonly starts: boolean; readonly ejects: boolean }
  | { readonly name: "preventRemoval"; readonly isPrevented: boolean }
  | { readonly name: "readFormatCapacities"; readonly mostBytes: number }
  | {
      readonly name: "readToc";
      readonly inTimes: boolean;
      readonly format: number;
      readonly track: number;
      readonly mostBytes: number;
    }
  | { readonly name: "getConfiguration"; readonly which: number; readonly feature: number; readonly mostBytes: number }
  | { readonly name: "eventStatus"; readonly isPolled: boolean; readonly classes: number; readonly mostBytes: number }
  | { readonly name: "unknown"; readonly code: number };

/** Reading and writing are done with the packets of ten bytes, which every drive has. */
const codes = {
  testUnitReady: 0x00,
  read: 0x28,
  write: 0x2a,
  startStop: 0x1b,
  preventRemoval: 0x1e,
  readFormatCapacities: 0x23,
  readCapacity: 0x25,
  readToc: 0x43,
  getConfiguration: 0x46,
  eventStatus: 0x4a,
} as const;

/** @param packet 12 bytes @throws wire.redirection.malformed when they are not */
export function decodePacket(packet: Uint8Array): Packet {
  if (packet.length !== 12) {
    throw fail("wire.redirection.malformed", { details: { offset: 16, expected: "12 bytes", got: packet.length } });
  }
  const view = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  const code = view.readUInt8(0);
  const mostBytes = view.readUInt16BE(7);
  switch (code) {
    case codes.testUnitReady:
      return { name: "testUnitReady" };
    case codes.readCapacity:
      return { name: "readCapacity" };
    case 0x08:
    case 0x0a: {
      const block = view.readUIntBE(1, 3) & 0x1f_ffff;
      return { name: code === 0x08 ? "read" : "write", block, blocks: view.readUInt8(4) || 256 };
    }
    case codes.read:
    case codes.write:
    case 0x2e:
      return { name: code === codes.read ? "read" : "write", block: view.readUInt32BE(2), blocks: mostBytes };
    case 0xa8:
    case 0xaa:
      return { name: code === 0xa8 ? "read" : "write", block: view.readUInt32BE(2), blocks: view.readUInt32BE(6) };
    case 0x1a:
      return { name: "modeSense", page: view.readUInt8(2) & 0x3f, mostBytes: view.readUInt8(4), isLong: false };
    case 0x5a:
      return { name: "modeSense", page: view.readUInt8(2) & 0x3f, mostBytes, isLong: true };
    case codes.startStop:
      return { name: "startStop", starts: (view.readUInt8(4) & 1) === 1, ejects: (view.readUInt8(4) & 2) === 2 };
    case codes.preventRemoval:
      return { name: "preventRemoval", isPrevented: (view.readUInt8(4) & 1) === 1 };
    case codes.readFormatCapacities:
      return { name: "readFormatCapacities", mostBytes };
    case codes.readToc: {
      const inTimes = (view.readUInt8(1) & 2) === 2;
      return { name: "readToc", inTimes, format: view.readUInt8(2) & 0x0f, track: view.readUInt8(6), mostBytes };
    }
    case codes.getConfiguration:
      return { name: "getConfiguration", which: view.readUInt8(1) & 3, feature: view.readUInt16BE(2), mostBytes };
    case codes.eventStatus:
      return { name: "eventStatus", isPolled: (view.readUInt8(1) & 1) === 1, classes: view.readUInt8(4), mostBytes };
    default:
      return { name: "unknown", code };
  }
}

/** @throws RangeError for a number that its field cannot hold */
export function encodePacket(packet: Packet): Uint8Array {
  const view = Buffer.alloc(12);
  switch (packet.name) {
    case "unknown":
      view.writeUInt8(packet.code, 0);
      break;
    case "testUnitReady":
    case "readCapacity":
      view.writeUInt8(codes[packet.name], 0);
      break;
    case "read":
    case "write":
      transfer(view, packet);
      break;
    case "modeSense":
      view.writeUInt8(packet.isLong ? 0x5a : 0x1a, 0);
      view.writeUInt8(packet.page, 2);
      if (packet.isLong) view.writeUInt16BE(packet.mostBytes, 7);
      else view.writeUInt8(packet.mostBytes, 4);
      break;
    case "startStop":
      view.writeUInt8(codes.startStop, 0);
      view.writeUInt8((packet.starts ? 1 : 0) + (packet.ejects ? 2 : 0), 4);
      break;
    case "preventRemoval":
      view.writeUInt8(codes.preventRemoval, 0);
      view.writeUInt8(packet.isPrevented ? 1 : 0, 4);
      break;
    case "readFormatCapacities":
      sized(view, codes.readFormatCapacities, packet.mostBytes);
      break;
    case "readToc":
      sized(view, codes.readToc, packet.mostBytes);
      view.writeUInt8(packet.inTimes ? 2 : 0, 1);
      view.writeUInt8(packet.format, 2);
      view.writeUInt8(packet.track, 6);
      break;
    case "getConfiguration":
      sized(view, codes.getConfiguration, packet.mostBytes);
      view.writeUInt8(packet.which, 1);
      view.writeUInt16BE(packet.feature, 2);
      break;
    case "eventStatus":
      sized(view, codes.eventStatus, packet.mostBytes);
      view.writeUInt8(packet.isPolled ? 1 : 0, 1);
      view.writeUInt8(packet.classes, 4);
      break;
    default:
      packet satisfies never;
  }
  return new Uint8Array(view);
}

function transfer(view: Buffer, { name, block, blocks }: Packet & { readonly name: "read" | "write" }): void {
  view.writeUInt32BE(block, 2);
  if (blocks <= 0xffff) return sized(view, codes[name], blocks);
  view.writeUInt8(name === "read" ? 0xa8 : 0xaa, 0);
  view.writeUInt32BE(blocks, 6);
}

function sized(view: Buffer, code: number, length: number): void {
  view.writeUInt8(code, 0);
  view.writeUInt16BE(length, 7);
}

/** What drives fail with. @source SPC-3, 4.5; protocols D.4 */
export const senses = {
  noMedium: { key: 2, code: 0x3a, qualifier: 0 },
  readFailed: { key: 3, code: 0x11, qualifier: 0 },
  writeFailed: { key: 3, code: 0x0c, qualifier: 0 },
  unknownCommand: { key: 5, code: 0x20, qualifier: 0 },
  outOfRange: { key: 5, code: 0x21, qualifier: 0 },
  badField: { key: 5, code: 0x24, qualifier: 0 },
  mediumChanged: { key: 6, code: 0x28, qualifier: 0 },
  writeProtected: { key: 7, code: 0x27, qualifier: 0 },
} as const;
