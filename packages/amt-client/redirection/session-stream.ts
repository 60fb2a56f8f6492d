import type { Duplex } from "node:stream";
import type { ErrorDetails } from "@vigil/base/errors.ts";
import { streamFailure } from "../dial/failures.ts";
import { fail } from "../errors.ts";

/** Bytes on their way to whoever takes them. */
export interface Pouring {
  pause(): void;
  resume(): void;
  /**
   * Resolves when everything is handed over and there will be no more, with why: amt.redirection.closed when the device has ended the connection,
   * else what `read` would throw. Never rejects.
   */
  readonly over: Promise<Error>;
}

/**
 * A device's stream, read when there is room for what it brings and written when the device takes it: nothing is held that nobody asked for.
 *
 * States: open -> ended when the device has said its last -> gone when the stream fails or is destroyed. Who waits then is told. Who only passes the
 * bytes on lets them pour instead, once and for good.
 */
export class SessionStream {
  readonly #stream: Duplex;
  readonly #details: ErrorDetails;
  readonly #onReadable: () => void;
  #failure: Error | undefined;
  #isOver = false;
  #wake: (() => void)[] = [];

  /** Takes the stream over. @param details what errors say about where the stream leads */
  constructor(stream: Duplex, details: ErrorDetails) {
    this.#stream = stream;
    this.#details = details;
    const wake = (): void => {
      const waiting = this.#wake;
      this.#wake = [];
      for (const one of waiting) one();
    };
    const over = (): void => {
      this.#isOver = true;
      wake();
    };
    this.#onReadable = wake;
    stream.on("readable", wake).on("drain", wake).on("end", over).on("close", over);
    stream.on("error", (cause: Error) => {
      this.#failure ??= streamFailure(cause, this.#details);
      over();
    });
  }

  get details(): ErrorDetails {
    return this.#details;
  }

  get stream(): Duplex {
    return this.#stream;
  }

  /** The next bytes; undefined when the device has ended the connection. @throws amt.connect.*, amt.tls.* (network); the signal's reason */
  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      // A stream in byte mode gives buffers.
      const bytes = this.#stream.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isOver) return undefined;
      await this.#change(signal);
    }
  }

  /** Writes, and resolves when there is room for more. @throws as read */
  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isOver || this.#stream.write(bytes)) return;
    while (this.#stream.writableNeedDrain && !this.#isOver) await this.#change(signal);
  }

  /**
   * Hands whatever comes to `take`, as it comes: no copy, and no turn of the event loop between. From now on nobody may `read`.
   * @param take called until the device has ended the connection, a little longer after `pause` than one might think
   */
  pour(take: (bytes: Uint8Array) => void): Pouring {
    const stream = this.#stream;
    stream.off("readable", this.#onReadable).on("data", take).resume();
    return { pause: () => void stream.pause(), resume: () => void stream.resume(), over: this.#ended() };
  }

  /** Writes without waiting. @returns false when there is no room for more: then wait for `drained` */
  offer(bytes: Uint8Array): boolean {
    return this.#isOver || this.#stream.write(bytes);
  }

  /** Resolves when there is room, or nobody to write to. */
  async drained(): Promise<void> {
    while (this.#stream.writableNeedDrain && !this.#isOver) await this.#change(undefined);
  }

  /** Writes the last bytes and lets the device have them; at once, when it has gone already. */
  end(bytes: Uint8Array): void {
    if (this.#isOver) this.#stream.destroy();
    else this.#stream.end(bytes, () => this.#stream.destroy());
  }

  destroy(): void {
    this.#stream.destroy();
  }

  async #ended(): Promise<Error> {
    while (!this.#isOver) await this.#change(undefined);
    return this.#failure ?? fail("amt.redirection.closed", { details: this.#details });
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#wake.push(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  }
}
