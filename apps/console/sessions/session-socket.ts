import type { ErrorReport } from "@vigil/api/resources/common.ts";
import type { SessionFrame } from "@vigil/api/resources/sessions.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { SentBytes } from "@vigil/api/sent-bytes.ts";

/** What of a web socket a session needs. */
export type Socket = Pick<WebSocket, "binaryType" | "bufferedAmount" | "send" | "close" | "addEventListener">;

/** Another socket for the same session. @param bytesReceived how much of it has come */
export type Reopen = (session: string, bytesReceived: number) => Promise<Socket>;

export interface SocketListener {
  /** The device has let us in: from now on bytes may be sent. */
  onOpen(): void;
  onBytes(bytes: Uint8Array<ArrayBuffer>): void;
  /** The connection broke, and is sought again; or it is there again, and nothing is missing. */
  onBroken?(isBroken: boolean): void;
  /** Once, at the end. Without an error: somebody here ended it. */
  onOver(error: ErrorReport | null): void;
}

/** Bytes that may wait in the browser before a sender waits. Chosen: what a LAN takes in a hundredth of a second. */
const mostWaiting = 256 * 1024;
/** A web socket does not say when it has sent: it is looked at. */
const lookMs = 5;
/** Closed in good order. @source RFC 6455, 7.4.1 */
const normalClose = 1000;
/** Broke without a word. @source RFC 6455, 7.4.1 */
const abnormalClose = 1006;
/** Of what was sent, kept for a connection that breaks. Chosen: what waits in the browser and in the system. */
const mostKept = 4 * 1024 * 1024;
/** Between two attempts to get back, at first and at most. */
const firstPauseMs = 500;
const mostPauseMs = 4_000;
/** The server waits less. */
const mostBrokenMs = 20_000;

/**
 * The web socket of one session: the server passes on what the device says, and tells how it began and ended in frames of text.
 *
 * States: waiting -> open when the server says so -> over, with the server's reason, or "lost" when the connection broke without one. Where it may be
 * opened again: open -> broken when the connection breaks without a word -> open, on another socket, when the server says "resumed". What was sent
 * and has not come is sent again then, so that neither side misses anything.
 */
export class SessionSocket {
  bytesReceived = 0;
  readonly #listener: SocketListener;
  readonly #clock: Clock;
  readonly #reopen: Reopen | undefined;
  readonly #sent = new SentBytes(mostKept);
  readonly #over = new AbortController();
  #socket: Socket;
  /** Its name, once it was open. */
  #session: string | undefined;
  #brokenAt: number | undefined;
  #pauseMs = firstPauseMs;

  constructor(socket: Socket, listener: SocketListener, clock: Clock, reopen?: Reopen) {
    this.#socket = socket;
    this.#listener = listener;
    this.#clock = clock;
    this.#reopen = reopen;
    this.#listen(socket);
  }

  /** Sends, and resolves when there is room for more; while the connection is broken it is kept. @throws console.session.lost (network) when it is over */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) throw fail("console.session.lost");
    // By their type they might be in shared memory, which a web socket does not take.
    const own = new Uint8Array(bytes);
    if (this.#reopen !== undefined) this.#sent.push(own);
    if (this.#brokenAt !== undefined) return;
    this.#socket.send(own);
    while (this.#socket.bufferedAmount > mostWaiting && !this.#isOver && this.#brokenAt === undefined) {
      await this.#clock.sleep(lookMs);
    }
  }

  /** Ends the session from here; an error is what its reader is told. */
  close(error: ErrorReport | null = null): void {
    if (this.#isOver) return;
    this.#end(error);
    this.#socket.close(normalClose);
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }: { readonly data: unknown }) => {
      if (this.#isOver || this.#socket !== socket) return;
      if (typeof data === "string") this.#said(data);
      else if (data instanceof ArrayBuffer) this.#received(new Uint8Array(data));
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.#socket === socket) this.#closed(code);
    });
  }

  #closed(code: number): void {
    if (this.#isOver) return;
    if (code === normalClose) return this.#end(null);
    const canGoOn = code === abnormalClose && this.#session !== undefined && this.#reopen !== undefined;
    if (!canGoOn) return this.#end(lost({ code }));
    if (this.#brokenAt === undefined) {
      this.#brokenAt = this.#clock.monotonic();
      this.#pauseMs = firstPauseMs;
      this.#listener.onBroken?.(true);
    }
    void this.#again(code);
  }

  /** Waits a while, and tries to get back; as long as there is hope. */
  async #again(code: number): Promise<void> {
    const began = this.#brokenAt ?? this.#clock.monotonic();
    while (!this.#isOver) {
      try {
        await this.#clock.sleep(this.#pauseMs, this.#over.signal);
      } catch {
        return;
      }
      this.#pauseMs = Math.min(2 * this.#pauseMs, mostPauseMs);
      try {
        const socket = await this.#reopen?.(this.#session ?? "", this.bytesReceived);
        if (socket === undefined) return;
        if (this.#isOver) return socket.close(normalClose);
        return this.#listen(socket);
      } catch (error) {
        const report = reportOf(error);
        const isHopeless = report.side !== "network" || this.#clock.monotonic() - began > mostBrokenMs;
        if (isHopeless) return this.#end(report.side === "network" ? lost({ code }) : { ...report });
      }
    }
  }

  #resumed(bytesReceived: number): void {
    const missed = this.#sent.since(bytesReceived);
    if (missed === undefined) return this.close(lost({ reason: "too much was under way" }));
    this.#brokenAt = undefined;
    for (const piece of missed) this.#socket.send(new Uint8Array(piece));
    this.#listener.onBroken?.(false);
  }

  #received(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytesReceived += bytes.length;
    this.#listener.onBytes(bytes);
  }

  #said(text: string): void {
    let frame: SessionFrame;
    try {
      // Border: the server makes it of the same declaration.
      frame = JSON.parse(text);
    } catch {
      return this.close(lost({ reason: "a frame that cannot be read" }));
    }
    if (frame.type === "resumed") return this.#resumed(frame.bytesReceived);
    if (frame.type !== "opened") return this.#end(frame.error);
    this.#session = frame.session;
    this.#listener.onOpen();
  }

  #end(error: ErrorReport | null): void {
    if (this.#isOver) return;
    this.#over.abort();
    this.#listener.onOver(error);
  }
}

function lost(details: Readonly<Record<string, string | number>>): ErrorReport {
  return reportOf(fail("console.session.lost", { details }));
}
