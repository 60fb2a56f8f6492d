import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { Picture } from "@vigil/wire/redirection/kvm-picture.ts";
import { pixelFormats } from "@vigil/wire/redirection/kvm-pixels.ts";
import type { Rectangle } from "@vigil/wire/redirection/kvm.ts";
import { PlainInflater } from "@vigil/wire/redirection/plain-inflater.ts";
import { ScreenTalk, type ScreenNews } from "@vigil/wire/redirection/screen-talk.ts";
import { SessionSocket, type Reopen, type Socket } from "./session-socket.ts";
import type { FromScreen } from "./words.ts";

/** Where the picture is drawn. */
export interface Paper {
  resize(width: number, height: number): void;
  /** Shows what is different. @param rgba all of the picture, four bytes a pixel */
  draw(rgba: Uint8ClampedArray<ArrayBuffer>, width: number, height: number, changed: Rectangle): void;
  /** Calls once, when the browser is about to show the next frame; never while nobody sees the page. */
  onFrame(run: () => void): void;
}

const ratesMs = 1_000;
/** Between two keys of a text. Chosen: a virtual keyboard of USB takes a key in 8 ms. */
const typingGapMs = 10;

/**
 * Shows the screen of a device and types on it, over a web socket.
 *
 * What has come is drawn with the browser's next frame, and one update is asked for ahead of it, as soon as the one before begins to come: so the
 * device sends as many pictures as are shown, and none while nobody looks.
 */
export class ScreenSpeaker {
  readonly #say: (message: FromScreen) => void;
  readonly #clock: Clock;
  readonly #paper: Paper;
  readonly #socket: SessionSocket;
  readonly #talk: ScreenTalk;
  readonly #over = new AbortController();
  readonly #picture = new Picture(0, 0, pixelFormats.rgb565, new PlainInflater());
  readonly #cancelRates: () => void;
  #isLooking = true;
  /** What has been decoded and is not drawn yet. */
  #changed: Rectangle | undefined;
  #isFrameDue = false;
  #isUpdated = false;
  #frames = 0;
  #busyMs = 0;
  #bytesBefore = 0;
  #typing: Promise<void> = Promise.resolve();
  #left = 0;

  constructor(socket: Socket, clock: Clock, paper: Paper, say: (message: FromScreen) => void, reopen?: Reopen) {
    this.#say = say;
    this.#clock = clock;
    this.#paper = paper;
    this.#talk = new ScreenTalk({
      format: pixelFormats.rgb565,
      send: (bytes) => this.#socket.send(bytes),
      onBegun: () => this.#askAhead(),
    });
    this.#cancelRates = clock.every(ratesMs, () => this.#rates());
    this.#socket = new SessionSocket(
      socket,
      {
        onOpen: () => void this.#talk.start().catch(() => {}),
        onBytes: (bytes) => this.#take(bytes),
        onOver: (error) => {
          this.#cancelRates();
          this.#over.abort();
          say({ type: "over", error });
        },
        onBroken: (isBroken) => say({ type: "broken", isBroken }),
      },
      clock,
      reopen,
    );
  }

  key(keysym: number, isDown: boolean): void {
    void this.#talk.say({ kind: "key", isDown, keysym }).catch(() => {});
  }

  pointer(x: number, y: number, buttons: number): void {
    const { width, height } = this.#talk;
    const at = { x: Math.max(0, Math.min(x, width - 1)), y: Math.max(0, Math.min(y, height - 1)) };
    void this.#talk.say({ kind: "pointer", buttons, ...at }).catch(() => {});
  }

  /** Presses keys together: down in that order, up in the other. */
  press(keys: readonly number[]): void {
    for (const keysym of keys) this.key(keysym, true);
    for (const keysym of keys.toReversed()) this.key(keysym, false);
  }

  /** Types key after key, behind what is being typed already. */
  type(keys: readonly number[]): void {
    this.#left += keys.length;
    this.#typing = this.#typing.then(() => this.#typeAll(keys)).catch(() => {});
  }

  looking(isLooking: boolean): void {
    this.#isLooking = isLooking;
    this.#askAgain();
  }

  close(): void {
    this.#socket.close();
  }

  async #typeAll(keys: readonly number[]): Promise<void> {
    for (const keysym of keys) {
      this.press([keysym]);
      this.#left -= 1;
      if (this.#left % 20 === 0) this.#say({ type: "typing", left: this.#left });
      await this.#clock.sleep(typingGapMs, this.#over.signal);
    }
  }

  #take(bytes: Uint8Array): void {
    const from = this.#clock.monotonic();
    try {
      for (const news of this.#talk.push(bytes)) this.#hear(news);
    } catch (error) {
      this.#socket.close(reportOf(error));
    }
    this.#busyMs += this.#clock.monotonic() - from;
  }

  #hear(news: ScreenNews): void {
    switch (news.kind) {
      case "open":
        this.#resize(news.width, news.height);
        this.#say({ type: "open" });
        return this.#askAgain();
      case "size":
        return this.#resize(news.width, news.height);
      case "tile":
        this.#changed = around(this.#changed, this.#picture.draw(news));
        return;
      case "updated":
        this.#isUpdated = true;
        if (this.#isFrameDue) return;
        this.#paintLater();
        return this.#askAgain();
      case "bell":
        return this.#say({ type: "bell" });
      case "text":
        return;
      default:
        news satisfies never;
    }
  }

  #resize(width: number, height: number): void {
    this.#picture.resize(width, height);
    this.#paper.resize(width, height);
    this.#changed = { x: 0, y: 0, width, height };
    this.#say({ type: "size", width, height });
  }

  #paintLater(): void {
    this.#isFrameDue = true;
    this.#isUpdated = false;
    this.#paper.onFrame(() => {
      this.#isFrameDue = false;
      this.#paint();
      if (!this.#isUpdated) return;
      this.#paintLater();
      this.#askAgain();
    });
  }

  #paint(): void {
    const changed = this.#changed;
    this.#changed = undefined;
    if (changed === undefined) return;
    const from = this.#clock.monotonic();
    const { rgba, width, height } = this.#picture;
    this.#paper.draw(rgba, width, height, changed);
    this.#frames += 1;
    this.#busyMs += this.#clock.monotonic() - from;
  }

  #askAgain(): void {
    if (this.#isLooking) void this.#talk.ask().catch(() => {});
  }

  /** The device makes the next picture while this one is on its way, unless the one before still waits to be drawn. */
  #askAhead(): void {
    if (this.#isLooking && !this.#isFrameDue) void this.#talk.askAhead().catch(() => {});
  }

  #rates(): void {
    const { bytesReceived } = this.#socket;
    this.#say({
      type: "rates",
      framesPerSecond: this.#frames,
      bytesPerSecond: bytesReceived - this.#bytesBefore,
      busyMs: Math.round(this.#busyMs),
    });
    this.#frames = 0;
    this.#busyMs = 0;
    this.#bytesBefore = bytesReceived;
  }
}

/** The smallest rectangle that has both in it. */
function around(one: Rectangle | undefined, other: Rectangle): Rectangle {
  if (one === undefined) return other;
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
}
