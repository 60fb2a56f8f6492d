/** Where a disk's bytes are; read at any place, in any order. */
export interface DiskSource {
  /** Bytes; a last block that they do not fill is read as if zeros followed. */
  readonly size: number;
  /** @returns exactly that many bytes: there are as many from there on */
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Absent: it is not to be written. */
  write?(offset: number, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
}

/** Chosen: as much as a BIOS asks for in one command, so that the next command finds its bytes there. */
const pageBytes = 64 * 1024;
/** The page that is read and the next one; with one more a loader that jumps back and forth keeps both places. */
const mostPages = 3;

/** Reads a page ahead, and holds three at most. A failed read is tried anew when it is asked for again. */
export class ReadAhead {
  readonly #source: DiskSource;
  readonly #signal: AbortSignal;
  /** By number, least recently used first. */
  readonly #pages = new Map<number, Promise<Uint8Array>>();

  /** @param signal ends reads that nobody waits for */
  constructor(source: DiskSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  /** Zeros follow the source's end. @throws what the source throws */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = offset + done;
      const index = Math.floor(at / pageBytes);
      const page = await this.#page(index);
      this.#ahead(index + 1);
      const part = page.subarray(at - index * pageBytes, at - index * pageBytes + length - done);
      bytes.set(part, done);
      // Beyond the end there is nothing but zeros.
      if (part.length === 0) break;
      done += part.length;
    }
    return bytes;
  }

  /** Forgets what is held: it has been changed. */
  forget(): void {
    this.#pages.clear();
  }

  #ahead(index: number): void {
    if (index * pageBytes < this.#source.size) void this.#page(index).catch(() => {});
  }

  #page(index: number): Promise<Uint8Array> {
    const start = index * pageBytes;
    const length = Math.min(pageBytes, this.#source.size - start);
    if (length <= 0) return Promise.resolve(new Uint8Array());
    const page = this.#pages.get(index) ?? this.#source.read(start, length, this.#signal);
    this.#pages.delete(index);
    this.#pages.set(index, page);
    page.catch(() => this.#pages.delete(index));
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      this.#pages.delete(oldest);
    }
    return page;
  }
}
