import { fail } from "../errors.ts";
import { ByteQueue } from "./byte-queue.ts";
import { pixelBytesOf, type PixelFormat } from "./kvm-pixels.ts";
import { ScreenReader, type ScreenEvent } from "./kvm-screen-reader.ts";
import {
  encodeViewerMessage,
  encodings,
  kvmStart,
  kvmStarted,
  securityTypes,
  versionText,
  type Tile,
  type ViewerMessage,
} from "./kvm.ts";

export interface ScreenTalkOptions {
  readonly format: PixelFormat;
  /** Sends bytes to the device; resolves when there is room for more. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** An update begins to come: time to `askAhead`, for who draws fast enough. */
  readonly onBegun?: () => void;
}

/** What the screen of a device says. */
export type ScreenNews =
  /** It is open: of this size, and called so. Nothing of it has been shown yet. */
  | { readonly kind: "open"; readonly width: number; readonly height: number; readonly name: string }
  | Tile
  /** It has another size from now on, and nothing of it has been shown yet. */
  | { readonly kind: "size"; readonly width: number; readonly height: number }
  /** What has changed so far is complete: time to `ask` again. */
  | { readonly kind: "updated" }
  | { readonly kind: "bell" }
  /** A clipboard's text, or a message of the data channel: see kvm-channel.ts. */
  | { readonly kind: "text"; readonly bytes: Uint8Array };

/**
 * A viewer's side of a screen's session, without a connection and without a clock: whoever has them pushes what comes and sends what it says.
 *
 * States: starting until the device has answered the start -> greeting -> open, which is news -> messages. It asks for nothing by itself: one
 * `ask` brings one update, so that a slow viewer slows the device down and nothing piles up.
 */
export class ScreenTalk {
  width = 0;
  height = 0;
  readonly #options: ScreenTalkOptions;
  readonly #reader = new ScreenReader(false);
  readonly #head = new ByteQueue();
  #isStarted = false;
  /** What is to be asked for; undefined while an answer is awaited. */
  #wish: "all" | "changes" | undefined;
  #isComing = false;
  #isAskedAhead = false;

  constructor(options: ScreenTalkOptions) {
    this.#options = options;
  }

  /** Asks the device to begin. */
  start(): Promise<void> {
    return this.#options.send(kvmStart);
  }

  /**
   * Takes what has come, cut anywhere; what it says is pulled, one thing at a time.
   * @throws wire.kvm.refused, wire.kvm.malformed, wire.kvm.too-large, wire.kvm.unsupported (device)
   */
  *push(bytes: Uint8Array): Generator<ScreenNews, void, undefined> {
    const rest = this.#isStarted ? bytes : this.#started(bytes);
    if (rest === undefined) return;
    for (const event of this.#reader.push(rest)) {
      const news = this.#take(event);
      if (news !== undefined) yield news;
    }
  }

  /** Asks for what has changed since the last update, or for all of a new picture; not while an answer is still awaited. */
  async ask(): Promise<void> {
    const wish = this.#wish;
    if (wish === undefined) return;
    this.#wish = undefined;
    const area = { x: 0, y: 0, width: this.width, height: this.height };
    await this.say({ kind: "request", isIncremental: wish === "changes", ...area });
  }

  /**
   * Asks for what will have changed since the update that is coming, so that the device makes it while this one travels; once for each.
   * @source RFC 6143, 7.5.3: a request may be sent at any time; of firmware UNVERIFIED
   */
  async askAhead(): Promise<void> {
    if (!this.#isComing || this.#isAskedAhead || this.#wish !== undefined) return;
    this.#isAskedAhead = true;
    const area = { x: 0, y: 0, width: this.width, height: this.height };
    await this.say({ kind: "request", isIncremental: true, ...area });
  }

  /** The next `ask` is for the whole picture. */
  wantAll(): void {
    this.#wish = "all";
  }

  /** @throws wire.kvm.value (caller) for a text that is too long */
  say(message: ViewerMessage): Promise<void> {
    return this.#options.send(encodeViewerMessage(message));
  }

  #started(bytes: Uint8Array): Uint8Array | undefined {
    this.#head.push(bytes);
    const answer = this.#head.take(kvmStarted.length);
    if (answer === undefined) return undefined;
    if (answer[0] !== kvmStarted[0]) {
      throw fail("wire.kvm.malformed", { details: { offset: 0, expected: kvmStarted[0] ?? 0, got: answer[0] ?? 0 } });
    }
    this.#isStarted = true;
    return this.#head.take(this.#head.length);
  }

  #take(event: ScreenEvent): ScreenNews | undefined {
    switch (event.kind) {
      case "version":
        // Whatever the device has, 3.8 is what every release of it speaks. @source protocols D.5
        return this.#reply(new TextEncoder().encode(versionText));
      case "security":
        if (!event.types.includes(securityTypes.none)) {
          throw fail("wire.kvm.refused", { details: { reason: "wants another password" } });
        }
        return this.#reply(Uint8Array.of(securityTypes.none));
      case "admitted":
        // Shared: UNVERIFIED that firmware cares, as it has one viewer at a time.
        return this.#reply(Uint8Array.of(1));
      case "challenge":
      case "refused":
        throw fail("wire.kvm.refused", { details: { reason: event.kind === "refused" ? event.reason : "challenge" } });
      case "init":
        return this.#opened(event);
      case "size":
        this.#resize(event);
        return event;
      case "updated":
        if (!this.#isAskedAhead) this.#wish ??= "changes";
        this.#isAskedAhead = false;
        this.#isComing = false;
        return event;
      case "update":
        this.#isComing = true;
        this.#options.onBegun?.();
        return undefined;
      case "tile":
      case "bell":
      case "text":
        return event;
      default:
        return event satisfies never;
    }
  }

  #opened({ width, height, name }: ScreenEvent & { readonly kind: "init" }): ScreenNews {
    const { format } = this.#options;
    const wanted = [encodings.rle, encodings.raw, encodings.desktopSize];
    this.#reply(encodeViewerMessage({ kind: "encodings", encodings: wanted }));
    // Also when it is the device's own: what it offers is not always what it says first. UNVERIFIED
    this.#reply(encodeViewerMessage({ kind: "format", format }));
    this.#reader.setPixelBytes(pixelBytesOf(format));
    this.#resize({ width, height });
    return { kind: "open", width, height, name };
  }

  #resize({ width, height }: { readonly width: number; readonly height: number }): void {
    this.width = width;
    this.height = height;
    this.#wish = "all";
  }

  /** Whoever reads hears when it cannot be sent. */
  #reply(bytes: Uint8Array): undefined {
    void this.#options.send(bytes).catch(() => {});
    return undefined;
  }
}
