import type { WebSocket } from "ws";
import { activityIn, type Activity } from "@vigil/amt-client/redirection/activity.ts";
import type { OpenSession } from "@vigil/amt-client/redirection/session.ts";
import type { Pouring } from "@vigil/amt-client/redirection/session-stream.ts";
import { ViewOnly } from "@vigil/amt-client/redirection/view-only.ts";
import { sessionCloseCodes, type SessionFrame } from "@vigil/api/resources/sessions.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, type ErrorReport } from "@vigil/base/errors.ts";
import { DeviceSilence } from "./device-silence.ts";
import { fail } from "./errors.ts";
import type { Recorder } from "./recorder.ts";
import { SentBytes } from "@vigil/api/sent-bytes.ts";

export interface RelayOptions {
  readonly socket: WebSocket;
  readonly session: OpenSession;
  readonly clock: Clock;
  readonly isViewOnly: boolean;
  readonly idleMs: number;
  readonly totalMs: number;
  /** How long a browser that was lost is waited for; absent: not at all. */
  readonly lostMs?: number;
  /** Is told what goes both ways. */
  readonly recorder?: Recorder;
}

/**
 * Waiting for the browser, beyond which the device is held back. Chosen: at a gigabit two milliseconds, so that nothing is felt of the stop, and 50 MB
 * for 200 browsers that are all slow.
 */
const mostWaitingBytes = 256 * 1024;
/** The browser's network part answers these by itself, whatever the page does. */
const pingMs = 20_000;
const mostSilenceMs = 3 * pingMs;
/** Of what was sent, kept for a browser that may be lost: what waits here, and in the system. Chosen. */
const mostKeptBytes = 1024 * 1024;
/** The connection broke without a word. @source RFC 6455, 7.4.1 */
const abnormalClose = 1006;
/** How long the device may take to hear the last of it before the connection is cut. */
const farewellMs = 2_000;

/**
 * Bytes between one web socket and one open session, both ways, as they come.
 *
 * States: running -> ending, by whatever comes first: the socket closes or falls silent, the device ends or is lost, nobody does anything for too
 * long, the time is up, or `end` is called -> over, when both are told and the device's connection is closed. Whoever is slow makes the other wait.
 * Where a lost browser is waited for: running -> lost, when its socket breaks without a word -> running, when it is back in time on another socket; what
 * the device says meanwhile is kept, and beyond a bound the device is held back.
 */
export class Relay {
  bytesFromDevice = 0;
  bytesToDevice = 0;
  /** On the monotonic clock. */
  activeMs: number;
  /** Resolves when nothing is open any more, with why; null: its user closed it. Never rejects. */
  readonly over: Promise<ErrorReport | null>;
  readonly #options: RelayOptions;
  readonly #pouring: Pouring;
  readonly #isActive: Activity;
  readonly #viewOnly: ViewOnly | undefined;
  readonly #cancels: (() => void)[] = [];
  readonly #deviceGone: Promise<unknown>;
  readonly #startedMs: number;
  #heardMs: number;
  readonly #device: DeviceSilence;
  readonly #sent: SentBytes | undefined;
  /** Undefined while the browser is lost. */
  #socket: WebSocket | undefined;
  #lostAt = 0;
  #cancelLost = (): void => {};
  /** From the browser, whether the device was told or not. */
  #bytesHeard = 0;
  #isHeldBack = false;
  #isEnding = false;
  #settle: (end: ErrorReport | null) => void = () => {};

  constructor(options: RelayOptions) {
    const { socket, session, clock, isViewOnly, lostMs } = options;
    this.#options = options;
    this.#socket = socket;
    this.#sent = lostMs === undefined ? undefined : new SentBytes(mostKeptBytes);
    this.#isActive = activityIn(session.kind);
    this.#viewOnly = isViewOnly ? new ViewOnly() : undefined;
    this.#startedMs = clock.monotonic();
    this.activeMs = this.#startedMs;
    this.#heardMs = this.#startedMs;
    this.#device = new DeviceSilence(session, (absence) => this.end(absence));
    this.over = new Promise((resolve) => (this.#settle = resolve));
    const { stream } = session;
    this.#deviceGone = new Promise((resolve) => {
      if (stream.stream.closed) resolve(undefined);
      else stream.stream.once("close", resolve);
    });
    this.#pouring = stream.pour(this.#fromDevice);
    // It pours from the next turn of the event loop on: what came before comes first.
    if (session.rest.length > 0) this.#fromDevice(session.rest);
    void this.#pouring.over.then((error) => this.end(error));
    this.#listen(socket);
    this.#cancels.push(clock.every(pingMs, () => this.#ping()));
    this.#watch();
  }

  /** Ends it. @param error why; null: its user closed it. Of several reasons the first counts */
  end(error: unknown): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancelLost();
    const report = error === null ? null : reportOf(error);
    const { session, clock } = this.#options;
    if (this.#socket !== undefined) {
      dismiss(this.#socket, { type: "ended", error: report === null ? null : { ...report } });
      this.#socket.resume();
    }
    session.close();
    this.#pouring.resume();
    const cancelCut = clock.after(farewellMs, () => session.stream.destroy());
    void this.#settleWhenGone(cancelCut, report);
  }

  /**
   * Goes on with a browser that was lost, on another socket. What it has missed is sent again.
   * @param bytesReceived how much has come of all that was sent @throws sessions.resume.gone (caller)
   */
  resume(socket: WebSocket, bytesReceived: number, session: string): void {
    const missed = this.#sent?.since(bytesReceived);
    if (this.#isEnding || missed === undefined) throw fail("sessions.resume.gone");
    const before = this.#socket;
    this.#socket = socket;
    this.#cancelLost();
    // One that we still took for good.
    before?.terminate();
    this.#heardMs = this.#options.clock.monotonic();
    const frame: SessionFrame = { type: "resumed", session, bytesReceived: this.#bytesHeard };
    socket.send(JSON.stringify(frame));
    for (const piece of missed) socket.send(piece);
    this.#listen(socket);
    this.#onTaken();
    if (socket.readyState !== socket.OPEN) this.#gone(socket, abnormalClose);
  }

  #listen(socket: WebSocket): void {
    socket
      .on("message", (data: unknown, isBinary: boolean) => {
        if (this.#socket === socket) this.#fromBrowser(data, isBinary);
      })
      .on("pong", () => (this.#heardMs = this.#options.clock.monotonic()))
      .once("close", (code: number) => this.#gone(socket, code));
  }

  #gone(socket: WebSocket, code: number): void {
    if (this.#socket !== socket || this.#isEnding) return;
    const { lostMs, clock } = this.#options;
    if (lostMs === undefined || code !== abnormalClose) return this.end(null);
    this.#socket = undefined;
    this.#lostAt = this.bytesFromDevice;
    this.#cancelLost = clock.after(lostMs, () => this.end(null));
  }

  async #settleWhenGone(cancelCut: () => void, report: ErrorReport | null): Promise<void> {
    await this.#deviceGone;
    cancelCut();
    this.#settle(report);
  }

  readonly #fromDevice = (bytes: Uint8Array): void => {
    if (this.#isEnding) return;
    this.bytesFromDevice += bytes.length;
    this.#device.hasSpoken = true;
    this.#options.recorder?.fromDevice(bytes);
    this.#sent?.push(bytes);
    const socket = this.#socket;
    if (socket === undefined) return this.#keep();
    if (socket.bufferedAmount + bytes.length < mostWaitingBytes) return socket.send(bytes);
    this.#isHeldBack = true;
    this.#pouring.pause();
    socket.send(bytes, this.#onTaken);
  };

  /** Nobody is there to take it: beyond what is kept the device waits. */
  #keep(): void {
    if (this.bytesFromDevice - this.#lostAt < mostWaitingBytes) return;
    this.#isHeldBack = true;
    this.#pouring.pause();
  }

  /** The browser has taken all that waited. */
  readonly #onTaken = (): void => {
    if (!this.#isHeldBack || this.#socket === undefined) return;
    this.#isHeldBack = false;
    this.#pouring.resume();
  };

  #fromBrowser(data: unknown, isBinary: boolean): void {
    if (this.#isEnding) return;
    // The socket gives one buffer for each message.
    if (!isBinary || !(data instanceof Uint8Array)) return this.end(fail("sessions.frame.unexpected"));
    const { clock, session, recorder } = this.#options;
    const now = clock.monotonic();
    this.#heardMs = now;
    this.#bytesHeard += data.length;
    if (this.#isActive(data)) this.activeMs = now;
    const bytes = this.#viewOnly === undefined ? data : this.#passed(data);
    if (bytes === undefined || bytes.length === 0) return;
    this.bytesToDevice += bytes.length;
    this.#device.wasAsked = true;
    recorder?.toDevice(bytes);
    if (!session.stream.offer(bytes)) this.#holdBrowserBack();
  }

  #passed(bytes: Uint8Array): Uint8Array | undefined {
    try {
      return this.#viewOnly?.pass(bytes);
    } catch (error) {
      this.end(error);
      return undefined;
    }
  }

  #holdBrowserBack(): void {
    const { session } = this.#options;
    const socket = this.#socket;
    socket?.pause();
    void session.stream.drained().then(() => socket?.resume());
  }

  #ping(): void {
    const { clock } = this.#options;
    const socket = this.#socket;
    // While it is held back by us, it cannot be heard.
    if (socket?.isPaused === false && clock.monotonic() - this.#heardMs > mostSilenceMs) socket.terminate();
    else socket?.ping();
    // A device that is held back has nothing to say.
    if (!this.#isHeldBack) this.#device.tick();
  }

  /** Whether the time is up; looks again when it could be. */
  #watch(): void {
    const { clock, idleMs, totalMs, isViewOnly } = this.#options;
    const now = clock.monotonic();
    const leftMs = this.#startedMs + totalMs - now;
    // Who only watches does nothing else.
    const idleLeftMs = isViewOnly ? leftMs : this.activeMs + idleMs - now;
    if (leftMs <= 0) return this.end(fail("sessions.limit", { details: { minutes: Math.round(totalMs / 60_000) } }));
    if (idleLeftMs <= 0) return this.end(fail("sessions.idle", { details: { minutes: Math.round(idleMs / 60_000) } }));
    this.#cancels[1] = clock.after(Math.min(leftMs, idleLeftMs), () => this.#watch());
  }
}

/** Says the last word on a socket, as far as it is there to hear it, and closes it. */
export function dismiss(socket: WebSocket, frame: Extract<SessionFrame, { readonly type: "failed" | "ended" }>): void {
  if (socket.readyState !== socket.OPEN) return;
  const code = frame.type === "failed" ? "failed" : frame.error === null ? "over" : "ended";
  socket.send(JSON.stringify(frame));
  socket.close(sessionCloseCodes[code]);
}
