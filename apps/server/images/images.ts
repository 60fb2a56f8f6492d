import { mkdirSync } from "node:fs";
import { open, readdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { fail } from "./errors.ts";
import { faultOf, mostImageBytes, type ImageRecord } from "./image.ts";
import { ImagesStore } from "./images.store.ts";
import { Uploads, type UploadWish } from "./uploads.ts";

export { mostImageBytes, type ImageRecord } from "./image.ts";

/** Left free where the library is kept: the database may be there, too. */
const spareBytes = 1024 ** 3;

/** An image of the library, opened to be read at any place. */
export interface OpenImage {
  readonly name: string;
  readonly kind: ImageRecord["kind"];
  readonly sha256: string;
  readonly size: number;
  /** @returns exactly that many bytes, which have to be there */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The library of images: the only files that this server shows to devices. They are kept in one folder, each under a name that says nothing. */
export class Images {
  readonly #deps: ImagesDeps;
  readonly #store: ImagesStore;
  readonly #uploads: Uploads;
  /** By name: how often it is open. */
  readonly #open = new Map<string, number>();

  constructor(deps: ImagesDeps) {
    this.#deps = deps;
    this.#store = new ImagesStore(deps.postgres);
    this.#uploads = new Uploads(deps.folder, deps.clock);
  }

  /** Makes the folder, and removes what a process that died has left in it. */
  async prepare(): Promise<void> {
    mkdirSync(this.#deps.folder, { recursive: true, mode: 0o700 });
    const known = new Set((await this.#store.list()).map(({ file }) => file));
    for (const name of await readdir(this.#deps.folder)) {
      if (/^[0-9a-f-]{36}(\.part)?$/.test(name) && !known.has(name)) await rm(join(this.#deps.folder, name));
    }
  }

  list(): Promise<ImageRecord[]> {
    return this.#store.list();
  }

  /** @throws images.unknown (caller) */
  async get(name: string): Promise<ImageRecord> {
    const found = await this.#store.get(name);
    if (found === undefined) throw fail("images.unknown", { details: { image: name } });
    return found;
  }

  async has(name: string): Promise<boolean> {
    return (await this.#store.get(name)) !== undefined;
  }

  /** How many devices it is being shown to. */
  usesOf(name: string): number {
    return this.#open.get(name) ?? 0;
  }

  /** Bytes that an upload may have now. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#deps.folder);
    return Math.max(0, bavail * bsize - spareBytes - this.#uploads.outstandingBytes);
  }

  /** @returns the upload's id @throws images.taken, images.too-large (caller), images.space.short (ours) */
  async begin(wish: UploadWish): Promise<string> {
    const { name, bytes } = wish;
    if (bytes > mostImageBytes) throw fail("images.too-large", { details: { bytes, most: mostImageBytes } });
    if ((await this.#store.get(name)) !== undefined) throw fail("images.taken", { details: { image: name } });
    const free = await this.freeBytes();
    if (bytes > free) throw fail("images.space.short", { details: { bytes, free } });
    return this.#uploads.begin(wish);
  }

  /** @returns bytes that have come @throws images.upload.broken (caller), images.space.short (ours) */
  take(id: string, offset: number, bytes: Uint8Array): Promise<number> {
    return this.#uploads.take(id, offset, bytes);
  }

  giveUp(id: string): Promise<void> {
    return this.#uploads.giveUp(id);
  }

  /** @param sha256 what it has to be @throws images.upload.broken, images.content.wrong, images.taken (caller) */
  async finish(actor: string, id: string, sha256: string | undefined): Promise<ImageRecord> {
    const { path, descriptor, ...arrived } = await this.#uploads.arrived(id);
    const { name, kind, bytes } = arrived;
    const file = randomUUID();
    const place = join(this.#deps.folder, file);
    try {
      const fault =
        faultOf(kind, bytes, descriptor) ??
        (sha256 === undefined || sha256 === arrived.sha256 ? undefined : "another checksum");
      if (fault !== undefined) throw fail("images.content.wrong", { details: { image: name, kind, fault } });
      await rename(path, place);
      const record = { ...arrived, file, addedBy: actor, addedAt: new Date(this.#deps.clock.now()) };
      await this.#deps.postgres.transaction(async (tx) => {
        if (!(await this.#store.insert(tx, record))) throw fail("images.taken", { details: { image: name } });
        const details = { image: name, kind, bytes, sha256: arrived.sha256 };
        await this.#deps.audit.write(tx, { actor, action: "image.added", summary: `Added the image ${name}`, details });
      });
      return record;
    } catch (error) {
      await rm(path, { force: true });
      await rm(place, { force: true });
      throw error;
    }
  }

  /** @throws images.unknown, images.in-use (caller) */
  async remove(actor: string, name: string): Promise<void> {
    const { file, sha256 } = await this.get(name);
    const uses = this.usesOf(name);
    if (uses > 0) throw fail("images.in-use", { details: { image: name, devices: uses } });
    await this.#deps.postgres.transaction(async (tx) => {
      await this.#store.remove(tx, name);
      const summary = `Removed the image ${name}`;
      await this.#deps.audit.write(tx, { actor, action: "image.removed", summary, details: { image: name, sha256 } });
    });
    await rm(join(this.#deps.folder, file), { force: true });
  }

  /** @throws images.unknown (caller) */
  async open(name: string): Promise<OpenImage> {
    const { kind, sha256, bytes: size, file } = await this.get(name);
    const handle = await open(join(this.#deps.folder, file), "r");
    this.#open.set(name, this.usesOf(name) + 1);
    let isOpen = true;
    return {
      name,
      kind,
      sha256,
      size,
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length;) {
          const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) throw new RangeError(`${name} ends at ${offset + done}`);
          done += bytesRead;
        }
        return bytes;
      },
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        const left = this.usesOf(name) - 1;
        if (left > 0) this.#open.set(name, left);
        else this.#open.delete(name);
        await handle.close();
      },
    };
  }

  stop(): Promise<void> {
    return this.#uploads.stop();
  }
}

export interface ImagesDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Where the files are; made when it is missing. */
  readonly folder: string;
}
