import { createHash, randomUUID, type Hash } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@vigil/base/clock.ts";
import { fail } from "./errors.ts";
import { descriptorAt, type ImageKind } from "./image.ts";

/** Uploads at once. Chosen: each is a person at a keyboard. */
const mostUploads = 8;
/** An upload of which nothing has come for so long is given up. */
const idleMs = 10 * 60_000;

/** What is to come. */
export interface UploadWish {
  readonly name: string;
  readonly kind: ImageKind;
  readonly bytes: number;
}

/** What has come, whole. */
export interface Arrived extends UploadWish {
  readonly path: string;
  readonly sha256: string;
  /** See image.ts `faultOf`. */
  readonly descriptor: Uint8Array;
}

interface Upload extends UploadWish {
  readonly path: string;
  readonly file: FileHandle;
  readonly hash: Hash;
  received: number;
  /** Parts come one at a time. */
  isBusy: boolean;
  cancelLimit: () => void;
}

/**
 * Files on their way into the library. They do not outlive the process: the checksum is made while they come, and what is left in the folder
 * by a process that died is removed at the next start.
 *
 * States of one: begun -> taking parts, each where the one before ended -> arrived, or given up: by its sender, by its silence, or by a failure.
 */
export class Uploads {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #all = new Map<string, Upload>();
  #lapsing: Promise<unknown> = Promise.resolve();

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Bytes that have been promised and have not come. */
  get outstandingBytes(): number {
    return [...this.#all.values()].reduce((sum, { bytes, received }) => sum + bytes - received, 0);
  }

  /** @throws images.upload.broken (caller) when there are too many */
  async begin(wish: UploadWish): Promise<string> {
    if (this.#all.size >= mostUploads) {
      throw fail("images.upload.broken", { message: "Too many uploads are under way", details: { most: mostUploads } });
    }
    const id = randomUUID();
    const path = join(this.#folder, `${id}.part`);
    const file = await open(path, "wx+", 0o600);
    const upload: Upload = {
      ...wish,
      path,
      file,
      hash: createHash("sha256"),
      received: 0,
      isBusy: false,
      cancelLimit: () => {},
    };
    this.#all.set(id, upload);
    this.#wait(id, upload);
    return id;
  }

  /** @returns bytes that have come @throws images.upload.broken (caller) */
  async take(id: string, offset: number, bytes: Uint8Array): Promise<number> {
    const upload = this.#get(id);
    const { received } = upload;
    const isNext = offset === received && bytes.length > 0 && received + bytes.length <= upload.bytes;
    if (!isNext || upload.isBusy) {
      throw fail("images.upload.broken", { details: { upload: id, offset, bytes: bytes.length, received } });
    }
    upload.isBusy = true;
    upload.cancelLimit();
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await upload.file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
      upload.hash.update(bytes);
      upload.received += bytes.length;
    } catch (cause) {
      await this.giveUp(id);
      throw fail("images.space.short", { details: { upload: id }, cause });
    } finally {
      upload.isBusy = false;
    }
    this.#wait(id, upload);
    return upload.received;
  }

  /** Everything has come: the file is on the disk, and no upload any more. @throws images.upload.broken (caller) */
  async arrived(id: string): Promise<Arrived> {
    const upload = this.#get(id);
    const { name, kind, bytes, path, file, received } = upload;
    if (received !== bytes || upload.isBusy)
      throw fail("images.upload.broken", { details: { upload: id, bytes, received } });
    upload.cancelLimit();
    this.#all.delete(id);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, descriptorAt);
      await file.sync();
      const sha256 = upload.hash.digest("hex");
      return { name, kind, bytes, path, sha256, descriptor: new Uint8Array(buffer.subarray(0, bytesRead)) };
    } finally {
      await file.close();
    }
  }

  /** Forgets what had come. One that is not known is no failure. */
  async giveUp(id: string): Promise<void> {
    const upload = this.#all.get(id);
    if (upload === undefined) return;
    this.#all.delete(id);
    upload.cancelLimit();
    await upload.file.close();
    await rm(upload.path, { force: true });
  }

  async stop(): Promise<void> {
    await Promise.all([this.#lapsing, ...this.#all.keys().map((id) => this.giveUp(id))]);
  }

  #get(id: string): Upload {
    const upload = this.#all.get(id);
    if (upload === undefined) throw fail("images.upload.broken", { details: { upload: id } });
    return upload;
  }

  #wait(id: string, upload: Upload): void {
    upload.cancelLimit = this.#clock.after(idleMs, () => {
      this.#lapsing = Promise.all([this.#lapsing, this.giveUp(id)]);
    });
  }
}
