import { senses, type Packet } from "@vigil/wire/redirection/atapi.ts";
import type { IderDrive, Sense } from "@vigil/wire/redirection/ider.ts";
import { DiskFailure, type BlockDevice, type Medium } from "../host/block-device.ts";

/** How one command ended. */
export interface CommandResult {
  readonly data: Uint8Array;
  readonly sense?: Sense;
}

/** Carries a command to the manager, one at a time. @param write what it writes @throws DiskFailure when the session is over */
export type Carry = (drive: IderDrive, packet: Packet, write?: Uint8Array) => Promise<CommandResult>;

/** Blocks of one command. Chosen: as many as a BIOS reads at once. */
const mostBlocks = 32;
/** A medium that has just been put in says so once. */
const readyTries = 3;

/** A drive of the host whose medium a manager has. It asks as a BIOS does: is it ready, what is in it, then blocks. */
export class RemoteDisk implements BlockDevice {
  readonly #drive: IderDrive;
  readonly #carry: Carry;
  #blockBytes: number;

  constructor(drive: IderDrive, carry: Carry) {
    this.#drive = drive;
    this.#carry = carry;
    this.#blockBytes = drive === "cd" ? 2048 : 512;
  }

  async open(): Promise<Medium> {
    await this.#becomeReady();
    const capacity = Buffer.from(await this.#ask({ name: "readCapacity" }));
    if (capacity.length < 8) throw new DiskFailure("no capacity");
    this.#blockBytes = capacity.readUInt32BE(4);
    if (![512, 2048].includes(this.#blockBytes)) throw new DiskFailure(`blocks of ${this.#blockBytes} bytes`);
    const blocks = capacity.readUInt32BE(0) + 1;
    return { blockBytes: this.#blockBytes, blocks, isWritable: await this.#isWritable() };
  }

  async read(block: number, blocks: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let done = 0; done < blocks; done += mostBlocks) {
      const count = Math.min(mostBlocks, blocks - done);
      const data = await this.#ask({ name: "read", block: block + done, blocks: count });
      if (data.length !== count * this.#blockBytes) throw new DiskFailure(`${data.length} bytes for ${count} blocks`);
      parts.push(data);
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  async write(block: number, bytes: Uint8Array): Promise<void> {
    const step = mostBlocks * this.#blockBytes;
    for (let offset = 0; offset < bytes.length; offset += step) {
      const part = bytes.subarray(offset, offset + step);
      const packet = {
        name: "write",
        block: block + offset / this.#blockBytes,
        blocks: part.length / this.#blockBytes,
      } as const;
      await this.#ask(packet, part);
    }
  }

  async #becomeReady(): Promise<void> {
    for (let left = readyTries; ; left -= 1) {
      const { sense } = await this.#carry(this.#drive, { name: "testUnitReady" });
      if (sense === undefined) return;
      if (sense.key !== senses.mediumChanged.key || left <= 1) throw failureOf(sense);
    }
  }

  /** @source SBC-2, 6.3: the highest bit of the device-specific parameter */
  async #isWritable(): Promise<boolean> {
    const { data, sense } = await this.#carry(this.#drive, {
      name: "modeSense",
      page: 0x3f,
      mostBytes: 192,
      isLong: false,
    });
    return this.#drive === "floppy" && sense === undefined && ((data[2] ?? 0x80) & 0x80) === 0;
  }

  async #ask(packet: Packet, write?: Uint8Array): Promise<Uint8Array> {
    const { data, sense } = await this.#carry(this.#drive, packet, write);
    if (sense !== undefined) throw failureOf(sense);
    return data;
  }
}

function failureOf({ key, code, qualifier }: Sense): DiskFailure {
  return new DiskFailure(`sense ${[key, code, qualifier].map((one) => one.toString(16).padStart(2, "0")).join(" ")}`);
}
