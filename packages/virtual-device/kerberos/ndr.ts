import { malformed } from "./malformed.ts";

/** Chosen: as many groups as Windows puts into a ticket at most, with room. @source Microsoft KB 327825: 1,015 */
const mostItems = 2_048;

/** Reads what Microsoft's remote procedure calls write, as far as a PAC needs it: little-endian, pointers before what they point at. */
export class NdrReader {
  readonly #bytes: Buffer;
  #at: number;

  /** @param at where to begin */
  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  u16(): number {
    return this.#take(2).readUInt16LE();
  }

  u32(): number {
    return this.#take(4).readUInt32LE();
  }

  u64(): bigint {
    return this.#take(8).readBigUInt64LE();
  }

  bytes(length: number): Uint8Array {
    return this.#take(length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** True when something is pointed at, which comes later. */
  pointer(): boolean {
    return this.u32() !== 0;
  }

  /** A number of items that follow, each of at least `itemBytes`. @throws virtual.kerberos.malformed when they cannot be there */
  count(itemBytes: number): number {
    const count = this.u32();
    if (count > mostItems || count * itemBytes > this.#bytes.length - this.#at) throw malformed("too many items");
    return count;
  }

  /** Goes on at the next multiple of four. */
  align(): void {
    this.skip((4 - (this.#at % 4)) % 4);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed("cut off");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
