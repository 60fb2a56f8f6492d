import type { ErrorReport } from "@vigil/api/resources/common.ts";
import type { SessionFrame } from "@vigil/api/resources/sessions.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";

/** What of a web socket a session needs. */
export type Socket = Pick<WebSocket, "binaryType" | "bufferedAmount" | "send" | "close" | "addEventListener">;

export interface SocketListener {
  /** The device has let us in: from now on bytes may be sent. */
  onOpen(): void;
  onBytes(bytes: Uint8Array<ArrayBuffer>): void;
  /** Once, at the end. Without an error: somebody here ended it. */
  onOver(error: ErrorReport | null): void;
}

/** Bytes that may wait in the browser before a sender waits. Chosen: what a LAN takes in a hundredth of a second. */
const mostWaiting = 256 * 1024;
/** A web socket does not say when it has sent: it is looked at. */
const lookMs = 5;
/** Closed in good order. @source RFC 6455, 7.4.1 */
const normalClose = 1000;

/**
 * The web socket of one session: the server passes on what the device says, and tells how it began and ended in frames of text.
 *
 * States: waiting -> open when the server says so -> over, with the server's reason, or "lost" when the connection broke without one.
 */
export class SessionSocket {
  bytesReceived = 0;
  readonly #socket: Socket;
  readonly #listener: SocketListener;
  readonly #clock: Clock;
  #isOver = false;

  constructor(socket: Socket, listener: SocketListener, clock: Clock) {
    this.#socket = socket;
    this.#listener = listener;
    this.#clock = clock;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }: { readonly data: unknown }) => {
      if (this.#isOver) return;
      if (typeof data === "string") this.#said(data);
      else if (data instanceof ArrayBuffer) this.#received(new Uint8Array(data));
    });
    socket.addEventListener("close", ({ code }) => this.#end(code === normalClose ? null : lost({ code })));
  }

  /** Sends, and resolves when there is room for more. @throws console.session.lost (network) when it is over */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) throw fail("console.session.lost");
    // By their type they might be in shared memory, which a web socket does not take.
    this.#socket.send(new Uint8Array(bytes));
    while (this.#socket.bufferedAmount > mostWaiting && !this.#isOver) await this.#clock.sleep(lookMs);
  }

  /** Ends the session from here; an error is what its reader is told. */
  close(error: ErrorReport | null = null): void {
    if (this.#isOver) return;
    this.#end(error);
    this.#socket.close(normalClose);
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
    if (frame.type === "opened") this.#listener.onOpen();
    else this.#end(frame.error);
  }

  #end(error: ErrorReport | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onOver(error);
  }
}

function lost(details: Readonly<Record<string, string | number>>): ErrorReport {
  return reportOf(fail("console.session.lost", { details }));
}
