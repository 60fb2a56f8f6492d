import { VigilError } from "@vigil/base/errors.ts";
import type { DiskSource } from "@vigil/wire/redirection/disk-image.ts";
import {
  diskBeatMs,
  diskSilenceMs,
  DiskTalk,
  type DiskBeginning,
  type DiskCounts,
} from "@vigil/wire/redirection/disk-talk.ts";
import type { IderDrive } from "@vigil/wire/redirection/ider.ts";
import { fail } from "../errors.ts";
import { openSession, type OpenSession, type SessionOptions } from "./session.ts";

/** What is put into a drive. */
export interface DiskImage {
  /** For the allow list. */
  readonly name: string;
  readonly source: DiskSource;
  /** True: the host may write, if the source can. Only a floppy is written to. */
  readonly isWritable?: boolean;
}

export interface DiskOptions extends SessionOptions {
  readonly images: Readonly<Partial<Record<IderDrive, DiskImage>>>;
  /** Names of the images that may be shown to a device. */
  readonly allowed: ReadonlySet<string>;
  readonly begins: DiskBeginning;
  readonly onProgress?: (progress: DiskProgress) => void;
}

export interface DiskProgress extends DiskCounts {
  /** Over the last second or so. */
  readonly bytesPerSecond: number;
}

const startTimeoutMs = 15_000;
const progressMs = 500;
/** A device that takes nothing any more is not waited for. */
const closeMs = 2_000;

/**
 * Puts images into the drives of a device's host.
 * @throws amt.redirection.image-refused (caller) for one that is not allowed; as openSession; amt.redirection.refused when the device does
 *   not switch its drives on, wire.redirection.* when it wants to be spoken to in another way
 */
export async function openDisk(options: DiskOptions): Promise<DiskSession> {
  for (const image of Object.values(options.images)) {
    if (!options.allowed.has(image.name))
      throw fail("amt.redirection.image-refused", { details: { image: image.name } });
  }
  const disk = new DiskSession(options, await openSession("ider", options));
  try {
    await disk.start();
  } catch (error) {
    await disk.close();
    throw error;
  }
  return disk;
}

/**
 * A host's drives, with our images in them.
 *
 * States: opened -> on when the device has switched them on -> over: closed by us, or lost; see `done`. What is said is a DiskTalk's; the
 * connection and the clock are here. Nothing is resumed: a host whose disk was away for a moment has lost it.
 */
export class DiskSession implements AsyncDisposable {
  /** Resolves when it is closed; rejects when it is lost. @throws amt.redirection.closed, amt.answer.timeout, wire.redirection.* */
  readonly done: Promise<void>;
  readonly #options: DiskOptions;
  readonly #session: OpenSession;
  readonly #talk: DiskTalk;
  readonly #over = new AbortController();
  readonly #finish = Promise.withResolvers<void>();
  readonly #cancelHeartbeat: () => void;
  #window = { at: 0, bytes: 0, rate: 0 };

  constructor(options: DiskOptions, session: OpenSession) {
    this.#options = options;
    this.#session = session;
    this.done = this.#finish.promise;
    // Who does not wait for it is not to be surprised by it.
    this.done.catch(() => {});
    const { images, begins, clock, signal } = options;
    this.#talk = new DiskTalk({
      media: images,
      begins,
      send: (bytes) => session.stream.write(bytes, this.#over.signal),
      onCommand: () => this.#report(),
    });
    this.#window.at = clock.monotonic();
    this.#cancelHeartbeat = clock.every(diskBeatMs, () => this.#talk.beat());
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get progress(): DiskProgress {
    return { ...this.#talk.counts, bytesPerSecond: Math.round(this.#window.rate) };
  }

  /** Agrees with the device, and has it switch the drives on. Called once, by openDisk. */
  async start(): Promise<void> {
    const { clock } = this.#options;
    const { details } = this.#session;
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(startTimeoutMs, () => late.reject(fail("amt.answer.timeout", { details })));
    this.#talk.start();
    void this.#serve();
    try {
      await Promise.race([this.#talk.on, late.promise]);
    } finally {
      cancel();
    }
  }

  /** Takes the images out and ends the session. What is under way is given up. */
  async close(): Promise<void> {
    if (this.#over.signal.aborted) return;
    const patience = new AbortController();
    const limit = this.#options.clock.sleep(closeMs, patience.signal).catch(() => {});
    await Promise.race([this.#talk.bye(), limit]);
    patience.abort();
    this.#end(undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);

  #end(failure: unknown): void {
    if (this.#over.signal.aborted) return;
    const reason = failure ?? fail("amt.connect.closed");
    this.#over.abort(reason);
    this.#talk.end(reason);
    this.#cancelHeartbeat();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#session.close();
    if (failure === undefined) this.#finish.resolve();
    else this.#finish.reject(failure);
  }

  async #serve(): Promise<void> {
    try {
      this.#talk.push(this.#session.rest);
      for (;;) this.#talk.push(await this.#heard());
    } catch (error) {
      this.#end(this.#translated(error));
    }
  }

  /** @throws amt.redirection.closed, amt.answer.timeout (network) */
  async #heard(): Promise<Uint8Array> {
    const { details, stream } = this.#session;
    const silent = (): Error => fail("amt.answer.timeout", { details });
    using deadline = this.#options.clock.deadline(diskSilenceMs, silent, this.#over.signal);
    const bytes = await stream.read(deadline.signal);
    if (bytes === undefined) throw fail("amt.redirection.closed", { details });
    return bytes;
  }

  /** The failures of a session have names of their own here, the same for each kind. */
  #translated(error: unknown): unknown {
    if (!(error instanceof VigilError)) return error;
    const details = { ...this.#session.details, ...error.details };
    if (error.code === "wire.ider.refused") return fail("amt.redirection.refused", { details, cause: error });
    if (error.code === "wire.ider.failed") return fail("amt.redirection.closed", { details, cause: error });
    return error;
  }

  #report(): void {
    const { bytesRead, bytesWritten } = this.#talk.counts;
    const now = this.#options.clock.monotonic();
    const elapsed = now - this.#window.at;
    if (elapsed < progressMs) return;
    const bytes = bytesRead + bytesWritten;
    this.#window = { at: now, bytes, rate: ((bytes - this.#window.bytes) * 1000) / elapsed };
    this.#options.onProgress?.(this.progress);
  }
}
