import { Duplex } from "node:stream";
import { WebSocket, type RawData } from "ws";
import type { OpenSession } from "@vigil/amt-client/redirection/session.ts";
import { SessionStream } from "@vigil/amt-client/redirection/session-stream.ts";
import type { VigilClient } from "@vigil/api/client.ts";
import { fail } from "@vigil/api/errors.ts";
import {
  sessionProtocol,
  sessionStreamPath,
  ticketProtocolPrefix,
  type SessionKind,
} from "@vigil/api/resources/sessions.ts";
import { sessionNewsIn } from "@vigil/api/session-news.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { ErrorDetails } from "@vigil/base/errors.ts";
import type { Account } from "./account.ts";

export interface RelayedOptions {
  readonly kind: SessionKind;
  readonly takeOver?: boolean;
  readonly isViewOnly?: boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** The server gives up on the device before. */
const openLimitMs = 60_000;

/**
 * A session with a device, opened and relayed by the server: as one that was opened from here.
 * @throws sessions.*, access.forbidden, devices.* (caller), amt.*, api.server.unreachable, api.answer.late (network); the signal's reason
 */
export async function openRelayed(
  client: VigilClient,
  { url, token }: Account,
  device: string,
  { kind, takeOver = false, isViewOnly = false, clock, signal }: RelayedOptions,
): Promise<OpenSession> {
  const { ticket } = await client.sessions.open({ params: { id: device }, body: { kind, takeOver, isViewOnly } });
  const address = `${url.replace(/\/+$/, "").replace(/^http/, "ws")}${sessionStreamPath}`;
  const socket = new WebSocket(address, [sessionProtocol, `${ticketProtocolPrefix}${ticket}`], {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  const details: ErrorDetails = { device, session: kind };
  const duplex = new SocketStream(socket, details);
  const stream = new SessionStream(duplex, details);
  using limit = clock.deadline(openLimitMs, () => fail("api.answer.late", { details }), signal);
  const onAbort = (): void => void duplex.destroy(asError(limit.signal.reason));
  limit.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await duplex.opened;
  } finally {
    limit.signal.removeEventListener("abort", onAbort);
  }
  // The server tells the device.
  return { kind, stream, rest: new Uint8Array(), details, close: () => void duplex.end() };
}

/** The binary frames of a session's web socket as a stream; what its text frames tell opens it, or is what it fails with. */
class SocketStream extends Duplex {
  /** Rejects with why it did not open. */
  readonly opened: Promise<void>;
  readonly #socket: WebSocket;
  #isOpen: () => void = () => {};
  #isRefused: (error: unknown) => void = () => {};

  constructor(socket: WebSocket, details: ErrorDetails) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.opened = new Promise((resolve, reject) => {
      this.#isOpen = resolve;
      this.#isRefused = reject;
    });
    // Whoever waits for it hears of it; whoever does not hears of the stream's failure.
    this.opened.catch(() => {});
    socket.on("message", (data, isBinary) => (isBinary ? this.#take(data) : this.#hear(data)));
    socket.once("error", (cause) => this.destroy(fail("api.server.unreachable", { details, cause })));
    socket.once("close", () => {
      this.push(null);
      this.destroy();
    });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(bytes, (error) => done(error ?? null));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#isRefused(error ?? fail("api.server.unreachable"));
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close();
    else this.#socket.terminate();
    done(error);
  }

  #take(data: RawData): void {
    // One buffer for each message, as this socket is made.
    if (data instanceof Buffer && !this.push(data)) this.#socket.pause();
  }

  #hear(data: RawData): void {
    const news = sessionNewsIn(String(data));
    if (news?.type === "opened") return this.#isOpen();
    // Closed from here: the end follows by itself.
    if (news?.error === null) return;
    this.destroy(news?.error ?? fail("api.answer.invalid"));
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
