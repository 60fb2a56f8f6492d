import type { DiskSource } from "@vigil/wire/redirection/disk-image.ts";

/** Chosen: as ReadAhead reads. */
const pageBytes = 64 * 1024;

/** A file that was picked in the browser, as a disk: it stays where it is, and is read as the host asks. */
export class PickedImage implements DiskSource {
  readonly #file: Blob;
  readonly #seen = new Set<number>();

  constructor(file: Blob) {
    this.#file = file;
  }

  get size(): number {
    return this.#file.size;
  }

  /** Bytes that have been read at least once. */
  get bytesSeen(): number {
    return Math.min(this.size, this.#seen.size * pageBytes);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(await this.#file.slice(offset, offset + length).arrayBuffer());
    for (let page = Math.floor(offset / pageBytes); page * pageBytes < offset + length; page += 1) this.#seen.add(page);
    return bytes;
  }
}
