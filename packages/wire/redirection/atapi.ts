import { fail } from "../errors.ts";
import { viewOf } from "./messages.ts";

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
  const view = viewOf(packet);
  const code = view.getUint8(0);
  const mostBytes = view.getUint16(7);
  switch (code) {
    case codes.testUnitReady:
      return { name: "testUnitReady" };
    case codes.readCapacity:
      return { name: "readCapacity" };
    case 0x08:
    case 0x0a: {
      const block = view.getUint32(0) & 0x1f_ffff;
      return { name: code === 0x08 ? "read" : "write", block, blocks: view.getUint8(4) || 256 };
    }
    case codes.read:
    case codes.write:
    case 0x2e:
      return { name: code === codes.read ? "read" : "write", block: view.getUint32(2), blocks: mostBytes };
    case 0xa8:
    case 0xaa:
      return { name: code === 0xa8 ? "read" : "write", block: view.getUint32(2), blocks: view.getUint32(6) };
    case 0x1a:
      return { name: "modeSense", page: view.getUint8(2) & 0x3f, mostBytes: view.getUint8(4), isLong: false };
    case 0x5a:
      return { name: "modeSense", page: view.getUint8(2) & 0x3f, mostBytes, isLong: true };
    case codes.startStop:
      return { name: "startStop", starts: (view.getUint8(4) & 1) === 1, ejects: (view.getUint8(4) & 2) === 2 };
    case codes.preventRemoval:
      return { name: "preventRemoval", isPrevented: (view.getUint8(4) & 1) === 1 };
    case codes.readFormatCapacities:
      return { name: "readFormatCapacities", mostBytes };
    case codes.readToc: {
      const inTimes = (view.getUint8(1) & 2) === 2;
      return { name: "readToc", inTimes, format: view.getUint8(2) & 0x0f, track: view.getUint8(6), mostBytes };
    }
    case codes.getConfiguration:
      return { name: "getConfiguration", which: view.getUint8(1) & 3, feature: view.getUint16(2), mostBytes };
    case codes.eventStatus:
      return { name: "eventStatus", isPolled: (view.getUint8(1) & 1) === 1, classes: view.getUint8(4), mostBytes };
    default:
      return { name: "unknown", code };
  }
}

export function encodePacket(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = viewOf(bytes);
  switch (packet.name) {
    case "unknown":
      view.setUint8(0, packet.code);
      break;
    case "testUnitReady":
    case "readCapacity":
      view.setUint8(0, codes[packet.name]);
      break;
    case "read":
    case "write":
      transfer(view, packet);
      break;
    case "modeSense":
      view.setUint8(0, packet.isLong ? 0x5a : 0x1a);
      view.setUint8(2, packet.page);
      if (packet.isLong) view.setUint16(7, packet.mostBytes);
      else view.setUint8(4, packet.mostBytes);
      break;
    case "startStop":
      view.setUint8(0, codes.startStop);
      view.setUint8(4, (packet.starts ? 1 : 0) + (packet.ejects ? 2 : 0));
      break;
    case "preventRemoval":
      view.setUint8(0, codes.preventRemoval);
      view.setUint8(4, packet.isPrevented ? 1 : 0);
      break;
    case "readFormatCapacities":
      sized(view, codes.readFormatCapacities, packet.mostBytes);
      break;
    case "readToc":
      sized(view, codes.readToc, packet.mostBytes);
      view.setUint8(1, packet.inTimes ? 2 : 0);
      view.setUint8(2, packet.format);
      view.setUint8(6, packet.track);
      break;
    case "getConfiguration":
      sized(view, codes.getConfiguration, packet.mostBytes);
      view.setUint8(1, packet.which);
      view.setUint16(2, packet.feature);
      break;
    case "eventStatus":
      sized(view, codes.eventStatus, packet.mostBytes);
      view.setUint8(1, packet.isPolled ? 1 : 0);
      view.setUint8(4, packet.classes);
      break;
    default:
      packet satisfies never;
  }
  return bytes;
}

function transfer(view: DataView, { name, block, blocks }: Packet & { readonly name: "read" | "write" }): void {
  view.setUint32(2, block);
  if (blocks <= 0xffff) return sized(view, codes[name], blocks);
  view.setUint8(0, name === "read" ? 0xa8 : 0xaa);
  view.setUint32(6, blocks);
}

function sized(view: DataView, code: number, length: number): void {
  view.setUint8(0, code);
  view.setUint16(7, length);
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
