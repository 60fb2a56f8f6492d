import assert from "node:assert/strict";
import { NodeInflater } from "@vigil/wire/redirection/node-inflater.ts";
import { Picture } from "@vigil/wire/redirection/kvm-picture.ts";
import { pixelBytesOf, pixelFormats, type PixelFormatName } from "@vigil/wire/redirection/kvm-pixels.ts";
import { ScreenReader, type ScreenEvent } from "@vigil/wire/redirection/kvm-screen-reader.ts";
import {
  encodeViewerMessage,
  kvmStart,
  kvmStarted,
  versionText,
  type ViewerMessage,
} from "@vigil/wire/redirection/kvm.ts";
import type { Firmware } from "../firmware.ts";
import { KvmSession, type ScreenPort } from "../redirection/kvm.ts";
import type { SessionLine } from "../redirection/session-line.ts";

/** A viewer at the other end of a session line, which knows nothing but the wire. */
export class Viewer {
  readonly session: KvmSession;
  readonly events: ScreenEvent[] = [];
  picture = new Picture(1, 1, pixelFormats.rgb565, new NodeInflater());
  /** What the device believes to be unread. */
  backlog = 0;
  isFull = false;
  isEnded = false;
  bytes = 0;
  readonly #reader: ScreenReader;
  #awaitsStart: boolean;
  #waiting: (() => void) | undefined;

  constructor(firmware: Firmware, port?: ScreenPort) {
    this.#reader = new ScreenReader(port !== undefined);
    this.#awaitsStart = port === undefined;
    const backlog = (): number => this.backlog;
    const isFull = (): boolean => this.isFull;
    const line: SessionLine = {
      firmware,
      caller: { username: "admin", channel: "plain", hasSetupCertificate: false },
      get backlog() {
        return backlog();
      },
      get isFull() {
        return isFull();
      },
      send: (bytes) => this.#receive(bytes),
      end: () => {
        this.isEnded = true;
        this.session.closed();
        this.#waiting?.();
      },
    };
    // The greeting of the plain port comes from within the constructor.
    this.session = new KvmSession(line, port);
  }

  /** Goes through the greeting; then the picture is as large as the screen, and black. */
  greet(): void {
    this.session.receive(kvmStart);
    this.session.receive(Buffer.from(versionText));
    this.session.receive(Uint8Array.of(1));
    this.session.receive(Uint8Array.of(1));
    const init = this.events.at(-1);
    assert.ok(init?.kind === "init");
    this.picture = new Picture(init.width, init.height, init.format, new NodeInflater());
  }

  say(...messages: readonly ViewerMessage[]): void {
    for (const message of messages) this.session.receive(encodeViewerMessage(message));
  }

  /** What comes after from now on is in that format. */
  choose(name: PixelFormatName): void {
    this.say({ kind: "format", format: pixelFormats[name] });
    this.#reader.setPixelBytes(pixelBytesOf(pixelFormats[name]));
    this.picture = new Picture(this.picture.width, this.picture.height, pixelFormats[name], new NodeInflater());
  }

  /** @param isIncremental false: everything, whether it has changed or not */
  ask(isIncremental: boolean): void {
    const { width, height } = this.picture;
    this.say({ kind: "request", isIncremental, x: 0, y: 0, width, height });
  }

  /** Asks, and waits for the whole update. @returns its tiles and sizes */
  async update(isIncremental = true): Promise<readonly ScreenEvent[]> {
    const from = this.events.length;
    this.ask(isIncremental);
    await this.until(() => this.events.slice(from).some((one) => one.kind === "updated"));
    return this.events.slice(from).filter((one) => one.kind === "tile" || one.kind === "size");
  }

  /** Waits until it holds, looking whenever something has come. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      assert.ok(!this.isEnded, "the session has ended");
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  /** Red, green and blue at a place. */
  at(x: number, y: number): readonly number[] {
    const from = (y * this.picture.width + x) * 4;
    return [...this.picture.rgba.subarray(from, from + 3)];
  }

  #receive(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    if (this.#awaitsStart) {
      assert.deepEqual(bytes, kvmStarted);
      this.#awaitsStart = false;
      return;
    }
    for (const event of this.#reader.push(bytes)) {
      this.events.push(event);
      if (event.kind === "tile") this.picture.draw(event);
      if (event.kind === "size") this.picture.resize(event.width, event.height);
    }
    this.#waiting?.();
  }
}
