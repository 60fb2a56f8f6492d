import type { Duplex } from "node:stream";
import type { ErrorDetails } from "@vigil/base/errors.ts";
import { streamFailure } from "../dial/failures.ts";

/**
 * A device's stream, read when there is room for what it brings and written when the device takes it: nothing is held that nobody asked for.
 *
 * States: open -> ended when the device has said its last -> gone when the stream fails or is destroyed. Who waits then is told.
 */
export class SessionStream {
  readonly #stream: Duplex;
  readonly #details: ErrorDetails;
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

  /** Writes the last bytes and lets the device have them; at once, when it has gone already. */
  end(bytes: Uint8Array): void {
    if (this.#isOver) this.#stream.destroy();
    else this.#stream.end(bytes, () => this.#stream.destroy());
  }

  destroy(): void {
    this.#stream.destroy();
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
