import { senses, type Packet } from "./atapi.ts";
import type { IderDrive, Sense } from "./ider.ts";
import { joined, viewOf } from "./messages.ts";

/** What a drive makes of a packet. */
export type DriveAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "data"; readonly data: Uint8Array }
  | { readonly kind: "sense"; readonly sense: Sense }
  | { readonly kind: "read" | "write"; readonly offset: number; readonly length: number };

/** Bytes of a block. @source protocols D.4 */
export const blockBytes: Readonly<Record<IderDrive, number>> = { floppy: 512, cd: 2048 };
/** Blocks of a floppy of 1.44 MB; what is larger is shown as one of its size. @source protocols D.4 */
const floppyBlocks = 2880;
const leadOut = 0xaa;
/** The class of events about the medium. @source MMC-3, 5.7 */
const mediumEvents = { code: 4, bit: 0x10 } as const;
/** The profile "CD-ROM". @source protocols D.4; MMC-3, 5.2 */
const cdRom = 0x0008;

/**
 * A drive as its host sees it, without its bytes: what is in it, and where a read or a write goes.
 *
 * States: changed -> ready once the host has been told so, by its first "are you ready". Without a medium it is never ready.
 * @source SBC-2 and MMC-3 for what the standard pages hold
 */
export class Drive {
  readonly #kind: IderDrive;
  readonly #blocks: number | undefined;
  readonly #isWritable: boolean;
  #isAnnounced = false;

  /** @param medium undefined: the drive is empty */
  constructor(kind: IderDrive, medium: { readonly bytes: number; readonly isWritable: boolean } | undefined) {
    this.#kind = kind;
    this.#blocks = medium === undefined ? undefined : Math.ceil(medium.bytes / blockBytes[kind]);
    this.#isWritable = medium?.isWritable === true;
  }

  answer(packet: Packet): DriveAnswer {
    const blocks = this.#blocks;
    switch (packet.name) {
      case "startStop":
      case "preventRemoval":
        return { kind: "done" };
      case "modeSense":
        return this.#modeSense(packet);
      case "eventStatus":
        return this.#eventStatus(packet);
      case "getConfiguration":
        return this.#kind === "cd" ? cut(configuration(packet), packet.mostBytes) : failed(senses.unknownCommand);
      case "unknown":
        return failed(senses.unknownCommand);
      default:
        return blocks === undefined ? failed(senses.noMedium) : this.#ofMedium(packet, blocks);
    }
  }

  #ofMedium(
    packet: Packet & {
      readonly name: "testUnitReady" | "readCapacity" | "read" | "write" | "readFormatCapacities" | "readToc";
    },
    blocks: number,
  ): DriveAnswer {
    const size = blockBytes[this.#kind];
    switch (packet.name) {
      case "testUnitReady":
        if (this.#isAnnounced) return { kind: "done" };
        this.#isAnnounced = true;
        return failed(senses.mediumChanged);
      case "readCapacity":
        return { kind: "data", data: words(blocks - 1, size) };
      case "readFormatCapacities":
        // A list of one entry: formatted, with so many blocks.
        return cut(words(8, blocks, 0x0200_0000 + size), packet.mostBytes);
      case "readToc":
        return this.#kind === "cd" ? toc(packet, blocks) : failed(senses.unknownCommand);
      case "write":
        if (!this.#isWritable) return failed(senses.writeProtected);
        break;
      case "read":
        break;
      default:
        packet satisfies never;
    }
    if (packet.block + packet.blocks > blocks) return failed(senses.outOfRange);
    if (packet.blocks === 0) return { kind: "done" };
    return { kind: packet.name, offset: packet.block * size, length: packet.blocks * size };
  }

  #modeSense({ page, mostBytes, isLong }: Packet & { readonly name: "modeSense" }): DriveAnswer {
    const own = pages(this.#kind, this.#blocks ?? 0);
    const wanted = page === 0x3f ? Object.values(own) : own[page] === undefined ? undefined : [own[page]];
    if (wanted === undefined) return failed(senses.badField);
    const body = joined(...wanted);
    const protection = this.#isWritable ? 0 : 0x80;
    const mediumType = this.#kind === "cd" ? 1 : 0;
    const short = [3 + body.length, mediumType, protection, 0];
    const long = [0, 6 + body.length, mediumType, protection, 0, 0, 0, 0];
    return cut(joined(Uint8Array.from(isLong ? long : short), body), mostBytes);
  }

  #eventStatus({ isPolled, classes, mostBytes }: Packet & { readonly name: "eventStatus" }): DriveAnswer {
    if (!isPolled) return failed(senses.badField);
    if ((classes & mediumEvents.bit) === 0) return cut(Uint8Array.of(0, 2, 0x80, mediumEvents.bit), mostBytes);
    const isPresent = this.#blocks === undefined ? 0 : 2;
    return cut(Uint8Array.of(0, 6, mediumEvents.code, mediumEvents.bit, 0, isPresent, 0, 0), mostBytes);
  }
}

function failed(sense: Sense): DriveAnswer {
  return { kind: "sense", sense };
}

/** As much of it as the host has room for; without any, nothing is sent. */
function cut(data: Uint8Array, mostBytes: number): DriveAnswer {
  return mostBytes === 0 ? { kind: "done" } : { kind: "data", data: new Uint8Array(data.subarray(0, mostBytes)) };
}

/** Numbers of four bytes, big-endian. */
function words(...all: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * all.length);
  const view = viewOf(bytes);
  all.forEach((one, index) => view.setUint32(4 * index, one));
  return bytes;
}

/** One track of data, and where it ends. @source MMC-3, 5.26 */
function toc(
  { format, inTimes, track, mostBytes }: Packet & { readonly name: "readToc" },
  blocks: number,
): DriveAnswer {
  const entry = (number: number, block: number): readonly number[] => [0, 0x14, number, 0, ...address(block, inTimes)];
  if (format === 1) return cut(Uint8Array.from([0, 10, 1, 1, ...entry(1, 0)]), mostBytes);
  if (format !== 0 || (track > 1 && track !== leadOut)) return failed(senses.badField);
  const entries = [...(track <= 1 ? entry(1, 0) : []), ...entry(leadOut, blocks)];
  return cut(Uint8Array.from([0, 2 + entries.length, 1, 1, ...entries]), mostBytes);
}

/** A block as its number, or as minute, second and frame: 75 frames a second, the first block at two seconds. */
function address(block: number, inTimes: boolean): readonly number[] {
  if (!inTimes) return [...words(block)];
  const frames = block + 150;
  return [0, Math.trunc(frames / 4500) & 0xff, Math.trunc(frames / 75) % 60, frames % 75];
}

/** What a CD drive can do: the list of profiles, core, removable medium, random reading. @source MMC-3, 5.2 */
function configuration({ which, feature }: Packet & { readonly name: "getConfiguration" }): Uint8Array {
  const features: readonly (readonly [number, readonly number[]])[] = [
    [0x0000, [0x00, 0x00, 0x03, 4, 0, cdRom, 1, 0]],
    [0x0001, [0x00, 0x01, 0x03, 4, 0, 0, 0, 2]],
    [0x0003, [0x00, 0x03, 0x03, 4, 0x29, 0, 0, 0]],
    [0x0010, [0x00, 0x10, 0x01, 8, 0, 0, 8, 0, 0, 1, 1, 0]],
    [0x001e, [0x00, 0x1e, 0x01, 0]],
  ];
  const wanted = features
    .filter(([code]) => (which === 2 ? code === feature : code >= feature))
    .flatMap(([, one]) => one);
  return Uint8Array.from([...words(4 + wanted.length), 0, 0, 0, cdRom, ...wanted]);
}

/** Pages that describe the drive. @source SPC-3, SBC-2, MMC-3; the values are a plain drive's */
function pages(kind: IderDrive, blocks: number): Readonly<Record<number, Uint8Array>> {
  const recovery = Uint8Array.of(0x01, 6, 0, 3, 0, 0, 0, 0);
  if (kind === "cd") {
    // Reads CDs of all kinds, locks and ejects by a tray, 706 kB/s, two levels of volume, a buffer of 128 KiB.
    const abilities = [0x2a, 18, 3, 0, 0x71, 0x60, 0x29, 0, 2, 0xc2, 0, 2, 0, 128, 2, 0xc2, 0, 0, 0, 0];
    const power = Uint8Array.of(0x1a, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const times = Uint8Array.of(0x1d, 10, 0, 0, 0, 0, 0, 60, 0, 60, 0, 0);
    return { 0x01: recovery, 0x1a: power, 0x1d: times, 0x2a: Uint8Array.from(abilities) };
  }
  const isSmall = blocks <= floppyBlocks;
  const geometry = new Uint8Array(32);
  const view = viewOf(geometry);
  geometry.set([0x05, 30]);
  // 500 kbit/s of a floppy; a larger one is a LS-120 to managers in use.
  view.setUint16(2, isSmall ? 500 : 4_000);
  const [heads, sectors] = isSmall ? [2, 18] : [8, 32];
  geometry.set([heads, sectors], 4);
  view.setUint16(6, blockBytes.floppy);
  view.setUint16(8, Math.min(0xffff, Math.ceil(blocks / (heads * sectors))));
  view.setUint16(28, isSmall ? 300 : 720);
  return { 0x01: recovery, 0x05: geometry };
}
