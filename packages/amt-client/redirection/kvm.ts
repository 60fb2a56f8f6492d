import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { keysymOf } from "@vigil/wire/redirection/kvm-keys.ts";
import { Picture } from "@vigil/wire/redirection/kvm-picture.ts";
import { pixelFormats, type PixelFormat, type PixelFormatName } from "@vigil/wire/redirection/kvm-pixels.ts";
import { decodePiece, encodeStored } from "@vigil/wire/redirection/kvm-stream.ts";
import type { Tile, ViewerMessage } from "@vigil/wire/redirection/kvm.ts";
import { NodeInflater } from "@vigil/wire/redirection/node-inflater.ts";
import { ScreenTalk, type ScreenNews } from "@vigil/wire/redirection/screen-talk.ts";
import { fail } from "../errors.ts";
import { openSession, type OpenSession, type SessionOptions } from "./session.ts";

export interface KvmOptions extends SessionOptions {
  /** Sixteen bits unless said otherwise; the grey ones need release 12. */
  readonly format?: PixelFormatName;
}

/** What is still open when the device has let somebody in. */
export type ScreenOptions = Pick<KvmOptions, "clock" | "format" | "signal">;

/** What the screen of a device says. Tiles are raw or stored, never deflated: any `Picture` draws them, here or in a browser. */
export type KvmEvent = Exclude<ScreenNews, { readonly kind: "open" }>;

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
  return showScreen(await openSession("kvm", options), options);
}

/**
 * Begins to see and to type in a session that is open already, whoever opened it. A failure closes it.
 * @throws amt.kvm.refused, amt.kvm.unreadable, amt.answer.timeout (device), amt.redirection.closed (network); the signal's reason
 */
export async function showScreen(session: OpenSession, options: ScreenOptions): Promise<KvmSession> {
  try {
    const limit = (): Error => fail("amt.answer.timeout", { details: session.details });
    using deadline = options.clock.deadline(greetingLimitMs, limit, options.signal);
    return await greeted(session, options, deadline.signal);
  } catch (error) {
    session.close();
    throw error;
  }
}

async function greeted(session: OpenSession, options: ScreenOptions, signal: AbortSignal): Promise<KvmSession> {
  const source = new ScreenSource(session, pixelFormats[options.format ?? "rgb565"]);
  await source.start(signal);
  const first = await source.next(signal);
  if (first.kind === "open") return new KvmSession(session, source, options.clock, first.name);
  throw fail("amt.kvm.unreadable", { details: { ...session.details, got: first.kind } });
}

/**
 * The open screen of one device, for one reader.
 *
 * It is read by pulling: `next` gives one event after the other, and only when a whole update has been taken is the following one
 * asked for. A slow reader slows the device down, and nothing piles up. Keys and pointer go out at any time.
 */
export class KvmSession implements Disposable {
  /** As the device calls its screen. */
  readonly name: string;
  readonly #session: OpenSession;
  readonly #source: ScreenSource;
  readonly #clock: Clock;

  constructor(session: OpenSession, source: ScreenSource, clock: Clock, name: string) {
    this.#session = session;
    this.#source = source;
    this.#clock = clock;
    this.name = name;
  }

  get width(): number {
    return this.#source.talk.width;
  }

  get height(): number {
    return this.#source.talk.height;
  }

  get format(): PixelFormat {
    return this.#source.format;
  }

  /**
   * The next thing that the screen says; waits as long as nothing changes.
   * @throws amt.redirection.closed (network) when the session is over, amt.kvm.unreadable (device), amt.connect.*, amt.tls.*; the
   *   signal's reason
   */
  async next(signal?: AbortSignal): Promise<KvmEvent> {
    await this.#source.ask(signal);
    const event = await this.#source.next(signal);
    if (event.kind === "tile") return this.#source.stored(event);
    if (event.kind !== "open") return event;
    throw fail("amt.kvm.unreadable", { details: { ...this.#session.details, got: event.kind } });
  }

  /** All events until the signal aborts or the session is over, which is an error unless it was closed from here. */
  async *events(signal?: AbortSignal): AsyncGenerator<KvmEvent, void, undefined> {
    for (;;) yield await this.next(signal);
  }

  /** Draws one whole picture. Nobody else may pull events meanwhile. @throws as next */
  async picture(signal?: AbortSignal): Promise<Picture> {
    const picture = new Picture(this.width, this.height, this.format);
    this.#source.talk.wantAll();
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

  #say(message: ViewerMessage, signal: AbortSignal | undefined): Promise<void> {
    return this.#source.say(message, signal);
  }
}

/** The events of a session's stream, one at a time: the stream is read no further than the next of them needs. */
class ScreenSource {
  readonly format: PixelFormat;
  readonly talk: ScreenTalk;
  readonly #inflater = new NodeInflater();
  readonly #session: OpenSession;
  #news: Iterator<ScreenNews, void, undefined> = [][Symbol.iterator]();
  #rest: Uint8Array;
  /** Of who waits for what the talk sends just now. */
  #signal: AbortSignal | undefined;

  constructor(session: OpenSession, format: PixelFormat) {
    this.#session = session;
    this.format = format;
    this.talk = new ScreenTalk({ format, send: (bytes) => session.stream.write(bytes, this.#signal) });
    this.#rest = session.rest;
  }

  start(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    return this.talk.start();
  }

  ask(signal: AbortSignal | undefined): Promise<void> {
    this.#signal = signal;
    return this.talk.ask();
  }

  say(message: ViewerMessage, signal: AbortSignal | undefined): Promise<void> {
    this.#signal = signal;
    return this.talk.say(message);
  }

  async next(signal: AbortSignal | undefined): Promise<ScreenNews> {
    for (;;) {
      const news = this.readable(() => this.#news.next().value);
      if (news !== undefined) return news;
      const bytes = this.#rest.length > 0 ? this.#rest : await this.#read(signal);
      this.#rest = new Uint8Array();
      this.#news = this.talk.push(bytes);
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
      const details = { ...this.#session.details, ...cause.details };
      if (cause.code === "wire.kvm.refused") throw fail("amt.kvm.refused", { details, cause });
      throw fail("amt.kvm.unreadable", { details: { ...details, reason: cause.code }, cause });
    }
  }

  async #read(signal: AbortSignal | undefined): Promise<Uint8Array> {
    const bytes = await this.#session.stream.read(signal);
    if (bytes === undefined) throw fail("amt.redirection.closed", { details: this.#session.details });
    return bytes;
  }
}
