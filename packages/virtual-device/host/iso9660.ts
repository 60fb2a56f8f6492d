import { DiskFailure, type BlockDevice } from "./block-device.ts";

// The part of ISO 9660 that a loader reads; numbers stand little-endian first, then big-endian.  @source ECMA-119, 8.4 and 9.1
//
//   primary volume descriptor, block 16              directory record
//        0   1 type: 1                                  0   1 length of the record; 0: go on in the next block
//        1   5 "CD001"                                  2   4 first block
//       40  32 label, padded with blanks               10   4 bytes
//       80   4 blocks of the volume                    25   1 flags: 2 for a folder
//      156  34 record of the root folder               32   1 length of the name
//                                                       33   … name, ";1" behind a file's

const blockBytes = 2048;
const descriptorBlock = 16;
/** Chosen: a root folder of a boot disk has a few blocks; more is no disk of ours. */
const mostFolderBytes = 64 * blockBytes;

export interface Volume {
  readonly label: string;
  /** All of it. */
  readonly bytes: number;
  readonly root: readonly VolumeEntry[];
}

export interface VolumeEntry {
  readonly name: string;
  readonly bytes: number;
  readonly isFolder: boolean;
}

/** Reads label and root folder. @throws DiskFailure when it is no such volume, or cannot be read */
export async function readVolume(disk: BlockDevice): Promise<Volume> {
  const descriptor = Buffer.from(await disk.read(descriptorBlock, 1));
  if (descriptor.length < blockBytes || descriptor[0] !== 1 || descriptor.toString("latin1", 1, 6) !== "CD001") {
    throw new DiskFailure("no ISO 9660 volume");
  }
  const start = descriptor.readUInt32LE(156 + 2);
  const length = descriptor.readUInt32LE(156 + 10);
  if (length > mostFolderBytes) throw new DiskFailure(`root folder of ${length} bytes`);
  const folder = Buffer.from(await disk.read(start, Math.ceil(length / blockBytes)));
  return {
    label: descriptor.toString("latin1", 40, 72).trimEnd(),
    bytes: descriptor.readUInt32LE(80) * blockBytes,
    root: entriesIn(folder.subarray(0, length)),
  };
}

function entriesIn(folder: Buffer): readonly VolumeEntry[] {
  const entries: VolumeEntry[] = [];
  let offset = 0;
  while (offset < folder.length) {
    const length = folder[offset] ?? 0;
    const nameBytes = folder[offset + 32] ?? 0;
    if (length === 0) {
      offset = (Math.floor(offset / blockBytes) + 1) * blockBytes;
      continue;
    }
    if (length < 34 || offset + length > folder.length || 33 + nameBytes > length)
      throw new DiskFailure("damaged folder");
    const name = folder.toString("latin1", offset + 33, offset + 33 + nameBytes);
    // One byte, 0 or 1: the folder itself, and the one above.
    const isDots = nameBytes === 1 && (name === "\0" || name === "\u0001");
    if (!isDots) {
      const isFolder = ((folder[offset + 25] ?? 0) & 2) !== 0;
      entries.push({ name: name.replace(/;\d+$/, ""), bytes: folder.readUInt32LE(offset + 10), isFolder });
    }
    offset += length;
  }
  return entries;
}
