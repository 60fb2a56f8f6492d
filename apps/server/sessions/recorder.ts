import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Recording } from "@vigil/amt-client/redirection/recording.ts";
import type { Clock } from "@vigil/base/clock.ts";

/** What waits for the disk, beyond which a recording stops rather than hold the session back or fill the memory. Chosen. */
const mostWaitingBytes = 16 * 1024 * 1024;

/** How a recording went. */
export interface Recorded {
  readonly bytes: number;
  /** False: it stopped before the session did, by its size or the disk. */
  readonly isWhole: boolean;
}

/**
 * Writes one session down as it goes. A recording never disturbs its session: what the disk does not take ends the recording, and only it.
 */
export class Recorder {
  readonly #recording: Recording;
  readonly #clock: Clock;
  readonly #file: WriteStream;
  readonly #mostBytes: number;
  readonly #startedMs: number;
  #bytes = 0;
  #isWhole = true;
  #failure: unknown;

  /** @param mostBytes the file is never longer; of what would make it so nothing is written */
  constructor(
    recording: Recording,
    options: { readonly clock: Clock; readonly path: string; readonly mostBytes: number },
  ) {
    const { clock, path, mostBytes } = options;
    this.#recording = recording;
    this.#clock = clock;
    this.#mostBytes = mostBytes;
    this.#startedMs = clock.monotonic();
    this.#file = createWriteStream(path, { flags: "wx", mode: 0o600 });
    this.#file.on("error", (error) => {
      this.#failure = error;
      this.#isWhole = false;
    });
    this.#append([recording.head]);
  }

  fromDevice(bytes: Uint8Array): void {
    if (this.#isWhole) this.#append(this.#recording.fromDevice(bytes, this.#atMs));
  }

  toDevice(bytes: Uint8Array): void {
    if (this.#isWhole) this.#append(this.#recording.toDevice(bytes, this.#atMs));
  }

  /** Resolves when everything is on the disk, or cannot get there. */
  async end(): Promise<Recorded & { readonly failure: unknown }> {
    this.#file.end();
    await finished(this.#file).catch((error: unknown) => (this.#failure ??= error));
    return { bytes: this.#bytes, isWhole: this.#isWhole, failure: this.#failure };
  }

  get #atMs(): number {
    return this.#clock.monotonic() - this.#startedMs;
  }

  #append(parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, one) => sum + one.length, 0);
    if (this.#bytes + length > this.#mostBytes || this.#file.writableLength > mostWaitingBytes) {
      this.#isWhole = false;
      return;
    }
    this.#bytes += length;
    // Neither the relay nor the file changes what the other still holds.
    for (const part of parts) this.#file.write(part);
  }
}
