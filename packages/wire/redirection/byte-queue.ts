/**
 * Bytes that have come and are not read yet, as one run. It holds what its reader lets it: a reader that takes all it can after
 * each `push`, and refuses what is too long by its head, bounds it by one message and one chunk.
 */
export class ByteQueue {
  #bytes = new Uint8Array(256);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next `count` bytes, which stay; undefined while they are not all there. Valid until the next `push`. */
  peek(count: number): DataView | undefined {
    if (this.length < count) return undefined;
    return new DataView(this.#bytes.buffer, this.#start, count);
  }

  /** The next `count` bytes as a copy; undefined while they are not all there. */
  take(count: number): Uint8Array | undefined {
    if (this.length < count) return undefined;
    const taken = this.#bytes.slice(this.#start, this.#start + count);
    this.skip(count);
    return taken;
  }

  skip(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end);
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  #makeRoom(more: number): void {
    const { length } = this;
    // Twice as large when more than half of it would be used at once: each byte is moved a few times at most.
    const size = Math.max(this.#bytes.length, 256);
    const wanted = length + more > size / 2 ? Math.max(size * 2, length + more) : size;
    const room = wanted === this.#bytes.length ? this.#bytes : new Uint8Array(wanted);
    room.set(this.#bytes.subarray(this.#start, this.#end), 0);
    this.#bytes = room;
    this.#start = 0;
    this.#end = length;
  }
}
