import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { keysymOf } from "@vigil/wire/redirection/kvm-keys.ts";
import { Picture } from "@vigil/wire/redirection/kvm-picture.ts";
import {
  pixelBytesOf,
  pixelFormats,
  type PixelFormat,
  type PixelFormatName,
} from "@vigil/wire/redirection/kvm-pixels.ts";
import { ScreenReader, type ScreenEvent } from "@vigil/wire/redirection/kvm-screen-reader.ts";
import { decodePiece, encodeStored } from "@vigil/wire/redirection/kvm-stream.ts";
import {
  encodeViewerMessage,
  encodings,
  kvmStart,
  kvmStarted,
  securityTypes,
  versionText,
  type Tile,
  type ViewerMessage,
} from "@vigil/wire/redirection/kvm.ts";
import { NodeInflater } from "@vigil/wire/redirection/node-inflater.ts";
import { fail } from "../errors.ts";
import { openSession, type OpenSession, type SessionOptions } from "./session.ts";

export interface KvmOptions extends SessionOptions {
  /** Sixteen bits unless said otherwise; the grey ones need release 12. */
  readonly format?: PixelFormatName;
}

/** What the screen of a device says. Tiles are raw or stored, never deflated: any `Picture` draws them, here or in a browser. */
export type KvmEvent =
  | Tile
  /** The screen has another size from now on, and nothing of it has been shown yet. */
  | { readonly kind: "size"; readonly width: number; readonly height: number }
  /** What has changed so far is complete. */
  | { readonly kind: "updated" }
  | { readonly kind: "bell" }
  /** A clipboard's text, or a message of the data channel: see wire/redirection/kvm-channel.ts. */
  | { readonly kind: "text"; readonly bytes: Uint8Array };

/** How long the screen may take to greet, on top of the session's own time. Chosen: firmware may wait for consent. */
const greetingLimitMs = 30_000;
/** Between two keys of a text. Chosen: a virtual keyboard of USB takes a key in 8 ms. */
const typingGapMs = 10;
/** A text longer than this is no typing any more. Chosen. */
const mostTyped = 4_096;

/**
 * Opens the device's screen.
 * @throws amt.kvm.refused, amt.kvm.unreadable (device), and what openSession throws
 */
export async function openKvm(options: KvmOptions): Promise<KvmSession> {
  const session = await openSession("kvm", options);
  try {
    const limit = (): Error => fail("amt.answer.timeout", { details: session.details });
    using deadline = options.clock.deadline(greetingLimitMs, limit, options.signal);
    return await greeted(session, options, deadline.signal);
  } catch (error) {
    session.close();
    throw error;
  }
}

async function greeted(session: OpenSession, options: KvmOptions, signal: AbortSignal): Promise<KvmSession> {
  const source = new ScreenSource(session);
  await session.stream.write(kvmStart, signal);
  await source.start(signal);
  for (;;) {
    const event = await source.next(signal);
    switch (event.kind) {
      case "version":
        // Whatever the device has, 3.8 is what every release of it speaks. @source protocols D.5
        await session.stream.write(new TextEncoder().encode(versionText), signal);
        break;
      case "security":
        if (!event.types.includes(securityTypes.none)) {
          throw fail("amt.kvm.refused", { details: { ...session.details, reason: "wants another password" } });
        }
        await session.stream.write(Uint8Array.of(securityTypes.none), signal);
        break;
      case "refused":
        throw fail("amt.kvm.refused", { details: { ...session.details, reason: event.reason } });
      case "admitted":
        await session.stream.write(Uint8Array.of(1), signal);
        break;
      case "init": {
        const kvm = new KvmSession(session, source, options.clock, { ...event, format: formatOf(options) });
        await kvm.begin(signal);
        return kvm;
      }
      default:
        throw fail("amt.kvm.unreadable", { details: { ...session.details, got: event.kind } });
    }
  }
}

function formatOf({ format = "rgb565" }: KvmOptions): PixelFormat {
  return pixelFormats[format];
}

/**
 * The open screen of one device, for one reader.
 *
 * It is read by pulling: `next` gives one event after the other, and only when a whole update has been taken is the following one
 * asked for. A slow reader slows the device down, and nothing piles up. Keys and pointer go out at any time.
 */
export class KvmSession implements Disposable {
  width: number;
  height: number;
  /** As the device calls its screen. */
  readonly name: string;
  readonly format: PixelFormat;
  readonly #session: OpenSession;
  readonly #source: ScreenSource;
  readonly #clock: Clock;
  /** What is to be asked for before the next event is awaited. */
  #wish: "all" | "changes" | undefined = "all";

  constructor(
    session: OpenSession,
    source: ScreenSource,
    clock: Clock,
    screen: { readonly width: number; readonly height: number; readonly name: string; readonly format: PixelFormat },
  ) {
    this.#session = session;
    this.#source = source;
    this.#clock = clock;
    this.width = screen.width;
    this.height = screen.height;
    this.name = screen.name;
    this.format = screen.format;
  }

  /** Says what this viewer understands; once, before anything else. */
  async begin(signal: AbortSignal): Promise<void> {
    const wanted = [encodings.rle, encodings.raw, encodings.desktopSize];
    await this.#say({ kind: "encodings", encodings: wanted }, signal);
    // Also when it is the device's own: what it offers is not always what it says first. UNVERIFIED
    await this.#say({ kind: "format", format: this.format }, signal);
    this.#source.setPixelBytes(pixelBytesOf(this.format));
  }

  /**
   * The next thing that the screen says; waits as long as nothing changes.
   * @throws amt.redirection.closed (network) when the session is over, amt.kvm.unreadable (device), amt.connect.*, amt.tls.*; the
   *   signal's reason
   */
  async next(signal?: AbortSignal): Promise<KvmEvent> {
    for (;;) {
      await this.#ask(signal);
      const event = await this.#source.next(signal);
      switch (event.kind) {
        case "update":
          continue;
        case "size":
          this.width = event.width;
          this.height = event.height;
          this.#wish = "all";
          return event;
        case "updated":
          this.#wish ??= "changes";
          return event;
        case "tile":
          return this.#source.stored(event);
        case "bell":
        case "text":
          return event;
        default:
          throw fail("amt.kvm.unreadable", { details: { ...this.#session.details, got: event.kind } });
      }
    }
  }

  /** All events until the signal aborts or the session is over, which is an error unless it was closed from here. */
  async *events(signal?: AbortSignal): AsyncGenerator<KvmEvent, void, undefined> {
    for (;;) yield await this.next(signal);
  }

  /** Draws one whole picture. Nobody else may pull events meanwhile. @throws as next */
  async picture(signal?: AbortSignal): Promise<Picture> {
    const picture = new Picture(this.width, this.height, this.format);
    this.#wish = "all";
    let isWhole = false;
    for (;;) {
      const event = await this.next(signal);
      if (event.kind === "tile") {
        this.#source.readable(() => picture.draw(event));
        isWhole = true;
      } else if (event.kind === "size") {
        picture.resize(event.width, event.height);
        isWhole = false;
      } else if (event.kind === "updated" && isWhole) return picture;
    }
  }

  /** A key goes down or up. @param keysym see wire/redirection/kvm-keys.ts */
  async key(keysym: number, isDown: boolean, signal?: AbortSignal): Promise<void> {
    await this.#say({ kind: "key", isDown, keysym }, signal);
  }

  /** Presses keys together: down in that order, up in the other. */
  async press(keys: readonly number[], signal?: AbortSignal): Promise<void> {
    for (const keysym of keys) await this.key(keysym, true, signal);
    for (const keysym of keys.toReversed()) await this.key(keysym, false, signal);
  }

  /**
   * Types a text, key by key. @throws amt.kvm.untypable (caller), before any key, for what has no key
   */
  async type(text: string, signal?: AbortSignal): Promise<void> {
    const characters = [...text.replaceAll("\r\n", "\n")];
    const keys = characters.map((one) => keysymOf(one));
    // What is typed may be a password: the details say where, not what.
    const at = keys.indexOf(undefined);
    if (at >= 0 || keys.length > mostTyped) {
      throw fail("amt.kvm.untypable", { details: { at: at + 1, characters: keys.length, most: mostTyped } });
    }
    for (const keysym of keys) {
      if (keysym === undefined) continue;
      await this.press([keysym], signal);
      await this.#clock.sleep(typingGapMs, signal);
    }
  }

  /** The pointer is there now. @param buttons bit 0 left, 1 middle, 2 right, 3 and 4 the wheel */
  async pointer(x: number, y: number, buttons: number, signal?: AbortSignal): Promise<void> {
    await this.#say(
      { kind: "pointer", x: Math.min(x, this.width - 1), y: Math.min(y, this.height - 1), buttons },
      signal,
    );
  }

  /** A text for the device: a clipboard, or a message of the data channel. @throws wire.kvm.value (caller) when it is too long */
  async text(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#say({ kind: "text", bytes }, signal);
  }

  /** Tells the device that the session is over, and lets go of it. */
  close(): void {
    this.#session.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #ask(signal: AbortSignal | undefined): Promise<void> {
    if (this.#wish === undefined) return;
    const isIncremental = this.#wish === "changes";
    this.#wish = undefined;
    await this.#say({ kind: "request", isIncremental, x: 0, y: 0, width: this.width, height: this.height }, signal);
  }

  #say(message: ViewerMessage, signal: AbortSignal | undefined): Promise<void> {
    return this.#session.stream.write(encodeViewerMessage(message), signal);
  }
}

/** The events of a session's stream, one at a time: the stream is read no further than the next of them needs. */
class ScreenSource {
  readonly #inflater = new NodeInflater();
  readonly #session: OpenSession;
  readonly #reader = new ScreenReader(false);
  #events: Iterator<ScreenEvent, void, undefined> = [][Symbol.iterator]();
  #rest: Uint8Array;

  constructor(session: OpenSession) {
    this.#session = session;
    this.#rest = session.rest;
  }

  setPixelBytes(count: 1 | 2): void {
    this.#reader.setPixelBytes(count);
  }

  /** Takes the device's answer to the start. */
  async start(signal: AbortSignal): Promise<void> {
    while (this.#rest.length < kvmStarted.length) {
      this.#rest = Buffer.concat([this.#rest, await this.#read(signal)]);
    }
    const answer = this.#rest.subarray(0, kvmStarted.length);
    if (answer[0] !== kvmStarted[0]) {
      throw fail("amt.kvm.unreadable", {
        details: { ...this.#session.details, got: Buffer.from(answer).toString("hex") },
      });
    }
    this.#rest = this.#rest.subarray(kvmStarted.length);
  }

  async next(signal: AbortSignal | undefined): Promise<ScreenEvent> {
    for (;;) {
      const event = this.readable(() => this.#events.next().value);
      if (event !== undefined) return event;
      const bytes = this.#rest.length > 0 ? this.#rest : await this.#read(signal);
      this.#rest = new Uint8Array();
      this.#events = this.#reader.push(bytes);
    }
  }

  /** The tile without the deflate stream that goes through the session: so it can be drawn by itself, whatever was drawn before. */
  stored(tile: Tile): Tile {
    if (tile.encoding === "raw") return tile;
    return { ...tile, bytes: encodeStored(this.readable(() => decodePiece(tile.bytes, this.#inflater))) };
  }

  /** @throws amt.kvm.unreadable (device) for what cannot be read */
  readable<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof VigilError)) throw cause;
      const details = { ...this.#session.details, ...cause.details, reason: cause.code };
      throw fail("amt.kvm.unreadable", { details, cause });
    }
  }

  async #read(signal: AbortSignal | undefined): Promise<Uint8Array> {
    const bytes = await this.#session.stream.read(signal);
    if (bytes === undefined) throw fail("amt.redirection.closed", { details: this.#session.details });
    return bytes;
  }
}
