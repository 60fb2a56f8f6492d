import { timingSafeEqual } from "node:crypto";
import { compareReleases } from "@vigil/model/firmware.ts";
import { channelCommands, decodeChannelMessage, encodeChannelMessage } from "@vigil/wire/redirection/kvm-channel.ts";
import { pixelFormats, type PixelFormat } from "@vigil/wire/redirection/kvm-pixels.ts";
import { ViewerReader, type ViewerEvent } from "@vigil/wire/redirection/kvm-viewer-reader.ts";
import {
  encodeScreenInit,
  encodeScreenMessage,
  encodeSecurityResult,
  encodings,
  kvmStart,
  kvmStarted,
  securityTypes,
  versionText,
  type Rectangle,
} from "@vigil/wire/redirection/kvm.ts";
import { kvmSettingsOf } from "../firmware/kvm-settings.ts";
import { FrameBuffer } from "../host/frame-buffer.ts";
import { passwordResponse } from "./screen-password.ts";
import { sceneOf } from "../host/scene.ts";
import type { SessionEnd, SessionLine } from "./session-line.ts";
import { TileWriter } from "./tile-writer.ts";

/** Who wants to see the screen by the plain port has to know its password. */
export interface ScreenPort {
  readonly password: string;
  /** @returns why nobody is let in now; undefined when somebody may try */
  refusal(): string | undefined;
  /** @returns why the viewer is not let in; undefined when it is */
  admit(isRight: boolean): string | undefined;
}

/** A viewer has this long to say all that goes before the picture. UNVERIFIED */
const greetingLimitMs = 30_000;
/** What a viewer may leave unread: tiles are made no faster than it reads them, so that only answers can come to so much. Chosen. */
const mostBacklog = 256 * 1024;
const screenName = "Intel(r) AMT KVM";

/**
 * KVM with one viewer, from the device's side.
 *
 * States: starting (a redirection session says that it begins) -> greeting -> shown -> closed. While it is shown there is at most one
 * request for an update: it is answered at once with the tiles that have changed, or held until some have. A picture of another
 * size is told first, with no tile in the same update. Keys and pointer go to the host's desktop. It is closed when nothing
 * came for the time that the device's settings say, when the viewer asks for what firmware does not have, and when it does not read.
 * @source protocols D.5, D.6
 */
export class KvmSession implements SessionEnd {
  readonly #line: SessionLine;
  readonly #port: ScreenPort | undefined;
  readonly #reader: ViewerReader;
  readonly #frame = new FrameBuffer();
  readonly #tiles = new TileWriter();
  #state: "starting" | "greeting" | "shown" | "closed";
  #challenge: Uint8Array = new Uint8Array();
  #start: readonly number[] = [];
  #encodings: ReadonlySet<number> = new Set();
  #request: Rectangle | undefined;
  #isSizeNew = false;
  #isSending = false;
  #onDrained: (() => void) | undefined;
  #cancelFrame: (() => void) | undefined;
  #cancelWatch: () => void;
  #heardAtMs: number;
  #decimation = 1;

  /** @param port present: no redirection session, but the plain screen port */
  constructor(line: SessionLine, port?: ScreenPort) {
    this.#line = line;
    this.#port = port;
    this.#reader = new ViewerReader(port !== undefined);
    this.#state = port === undefined ? "starting" : "greeting";
    this.#heardAtMs = line.firmware.clock.monotonic();
    this.#cancelWatch = line.firmware.clock.after(greetingLimitMs, () => this.#watch());
    if (port !== undefined) line.send(Buffer.from(versionText, "latin1"));
  }

  receive(bytes: Uint8Array): void {
    this.#heardAtMs = this.#line.firmware.clock.monotonic();
    const rest = this.#state === "starting" ? this.#begin(bytes) : bytes;
    for (const event of this.#reader.push(rest)) {
      if (this.#isOver()) return;
      this.#take(event);
    }
    // Who asks on and on and reads nothing would fill the memory with answers.
    if (this.#line.backlog > mostBacklog) this.#line.end();
  }

  drained(): void {
    this.#onDrained?.();
    this.#onDrained = undefined;
  }

  closed(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#cancelWatch();
    this.#cancelFrame?.();
    this.#tiles.close();
    this.#line.firmware.machine.desktop.release();
    this.drained();
  }

  /** TypeScript takes it for known that a state does not change within a loop. */
  #isOver(): boolean {
    return this.#state === "closed";
  }

  /** @returns what follows the start of the session */
  #begin(bytes: Uint8Array): Uint8Array {
    const missing = kvmStart.length - this.#start.length;
    this.#start = [...this.#start, ...bytes.subarray(0, missing)];
    if (this.#start.some((byte, index) => byte !== kvmStart[index])) {
      this.#line.end();
      return new Uint8Array();
    }
    if (this.#start.length === kvmStart.length) {
      this.#state = "greeting";
      this.#line.send(kvmStarted);
      this.#line.send(Buffer.from(versionText, "latin1"));
    }
    return bytes.subarray(missing);
  }

  #take(event: ViewerEvent): void {
    switch (event.kind) {
      case "version":
        // Older versions greet otherwise; firmware speaks none. UNVERIFIED
        if (event.text !== versionText) return this.#line.end();
        return this.#offerSecurity();
      case "security":
        if (event.type !== this.#securityType) return this.#refuse("no such security type");
        if (this.#port === undefined) return this.#line.send(encodeSecurityResult());
        this.#challenge = this.#line.firmware.random(16);
        return this.#line.send(this.#challenge);
      case "response":
        return this.#login(event.bytes);
      case "share":
        return this.#show();
      case "format":
        return this.#setFormat(event.format);
      case "encodings":
        return this.#setEncodings(event.encodings);
      case "request": {
        const { isIncremental, x, y, width, height } = event;
        this.#request = { x, y, width, height };
        if (!isIncremental) this.#frame.touch(this.#request);
        return this.#update();
      }
      case "key":
        this.#line.firmware.machine.desktop.key(event.keysym, event.isDown);
        return this.#update();
      case "pointer":
        this.#line.firmware.machine.desktop.point(event.x, event.y, event.buttons);
        return this.#update();
      case "text":
        return this.#hear(event.bytes);
      default:
        return event satisfies never;
    }
  }

  get #securityType(): number {
    return this.#port === undefined ? securityTypes.none : securityTypes.password;
  }

  #offerSecurity(): void {
    const refusal = this.#port?.refusal();
    if (refusal === undefined) return this.#line.send(Uint8Array.of(1, this.#securityType));
    // An empty list, and then a reason as a bad result has it.
    this.#line.send(Uint8Array.of(0));
    this.#line.send(encodeSecurityResult(refusal).subarray(4));
    this.#line.end();
  }

  #login(response: Uint8Array): void {
    const { password = "", admit } = this.#port ?? {};
    const isRight = timingSafeEqual(passwordResponse(password, this.#challenge), response);
    const reason = admit?.(isRight);
    if (reason !== undefined) return this.#refuse(reason);
    this.#line.send(encodeSecurityResult());
  }

  #refuse(reason: string): void {
    this.#line.send(encodeSecurityResult(reason));
    this.#line.end();
  }

  #show(): void {
    this.#state = "shown";
    this.#frame.draw(sceneOf(this.#line.firmware));
    const { width, height } = this.#frame;
    this.#line.send(encodeScreenInit({ width, height, format: pixelFormats.rgb565, name: screenName }));
  }

  /** @throws wire.kvm.unsupported (device) for what firmware does not have */
  #setFormat(format: PixelFormat): void {
    const isGrey = format.max[1] === 0 && format.max[2] === 0;
    // @source protocols D.5 "12+: gray"
    if (isGrey && compareReleases(this.#line.firmware.release, "12.0") < 0) return this.#line.end();
    this.#tiles.setFormat(format);
  }

  #setEncodings(wanted: readonly number[]): void {
    this.#encodings = new Set(wanted);
    // That there is a channel is said by its head alone. UNVERIFIED
    if (this.#encodings.has(encodings.dataChannel)) this.#sayData();
  }

  #hear(text: Uint8Array): void {
    const message = decodeChannelMessage(text);
    if (message.kind === "data") return this.#sayData();
    if (message.kind !== "command") return;
    const [value = 0] = message.values;
    switch (message.command) {
      case channelCommands.getDecimation:
        return this.#sayCommand(message.command, this.#decimation);
      case channelCommands.setDecimation:
        // Kept, and no more: the picture is always whole.
        this.#decimation = value;
        return;
      case channelCommands.getCompression:
        return this.#sayCommand(message.command, this.#tiles.isDeflating ? 1 : 0);
      case channelCommands.setCompression:
        this.#tiles.isDeflating = value !== 0;
        return;
      default:
    }
  }

  #sayData(): void {
    const bytes = encodeChannelMessage({ kind: "data", payload: new Uint8Array() });
    this.#line.send(encodeScreenMessage({ kind: "text", bytes }));
  }

  #sayCommand(command: number, value: number): void {
    const bytes = encodeChannelMessage({ kind: "command", command, values: Uint8Array.of(value, 0) });
    this.#line.send(encodeScreenMessage({ kind: "text", bytes }));
  }

  /** Answers the request, if there is one and something to show. */
  #update(): void {
    if (this.#isSending || this.#request === undefined || this.#state !== "shown") return;
    if (this.#frame.draw(sceneOf(this.#line.firmware))) this.#isSizeNew = true;
    if (this.#isSizeNew) return this.#tellSize();
    const tiles = this.#changedTiles(this.#request);
    if (tiles.length === 0) return this.#awaitFrame();
    this.#request = undefined;
    this.#isSending = true;
    void this.#send(tiles);
  }

  #tellSize(): void {
    this.#request = undefined;
    this.#isSizeNew = false;
    // A viewer that cannot follow has lost its picture. UNVERIFIED
    if (!this.#encodings.has(encodings.desktopSize)) return this.#line.end();
    const { width, height } = this.#frame;
    this.#line.send(encodeScreenMessage({ kind: "update", rectangles: 1 }));
    this.#line.send(encodeScreenMessage({ kind: "size", width, height }));
  }

  #changedTiles({ x, y, width, height }: Rectangle): readonly (readonly [column: number, row: number])[] {
    const tiles: [number, number][] = [];
    for (let row = 0; row < this.#frame.rows; row += 1) {
      for (let column = 0; column < this.#frame.columns; column += 1) {
        const isAsked = column * 64 < x + width && column * 64 + 64 > x && row * 64 < y + height && row * 64 + 64 > y;
        if (isAsked && this.#frame.hasChanged(column, row)) tiles.push([column, row]);
      }
    }
    return tiles;
  }

  /** Tiles are made one by one, no faster than the viewer takes them. The picture stands still meanwhile. */
  async #send(tiles: readonly (readonly [column: number, row: number])[]): Promise<void> {
    const encoding = this.#encodings.has(encodings.rle) ? "rle" : "raw";
    this.#line.send(encodeScreenMessage({ kind: "update", rectangles: tiles.length }));
    for (const [column, row] of tiles) {
      if (this.#line.isFull) await new Promise<void>((resolve) => (this.#onDrained = resolve));
      if (this.#isOver()) return;
      const tile = await this.#tiles.write(this.#frame, column, row, encoding);
      if (this.#isOver()) return;
      this.#line.send(encodeScreenMessage(tile));
    }
    this.#isSending = false;
    this.#update();
  }

  /** The picture may be another one with its next frame. */
  #awaitFrame(): void {
    const { firmware } = this.#line;
    const { frameMs } = firmware.machine.desktop;
    this.#cancelFrame ??= firmware.clock.after(frameMs - (firmware.now() % frameMs), () => {
      this.#cancelFrame = undefined;
      this.#update();
    });
  }

  /** Whether anything has come in time; looks again when the limit could be over. */
  #watch(): void {
    const { clock, state } = this.#line.firmware;
    const { idleLimitMs } = kvmSettingsOf(state);
    const limitMs = this.#state === "shown" ? idleLimitMs : greetingLimitMs;
    const leftMs = this.#heardAtMs + limitMs - clock.monotonic();
    if (limitMs > 0 && leftMs <= 0) return this.#line.end();
    this.#cancelWatch = clock.after(limitMs > 0 ? leftMs : greetingLimitMs, () => this.#watch());
  }
}
