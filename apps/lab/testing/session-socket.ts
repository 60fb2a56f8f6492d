import {
  sessionProtocol,
  sessionStreamPath,
  ticketProtocolPrefix,
  type SessionFrame,
} from "@vigil/api/resources/sessions.ts";
import type { Client } from "../stage.ts";

export type Kind = "sol" | "ider" | "kvm";

/** A session's web socket as a browser has it, spoken by Node's own client, which shares no code with the server's. */
export interface SessionSocket extends Disposable {
  readonly socket: WebSocket;
  /** The next text frame. Rejects when the socket closes first. */
  frame(): Promise<SessionFrame>;
  /** Everything that came in binary frames so far. */
  bytes(): Buffer;
  /** Waits until that much has come. */
  atLeast(count: number): Promise<Buffer>;
  send(bytes: Uint8Array): void;
  /** Resolves with the code that it was closed with. */
  readonly closed: Promise<number>;
}

const limitMs = 20_000;

export interface Where {
  readonly url: string;
  readonly token: string;
  readonly client: Client;
}

/** Asks for a ticket and shows it. */
export async function askAndOpen(
  where: Where,
  device: string,
  body: { readonly kind: Kind; readonly takeOver?: boolean; readonly isViewOnly?: boolean },
): Promise<SessionSocket> {
  const { ticket } = await where.client.sessions.open({ params: { id: device }, body });
  return showTicket(where, ticket);
}

export function showTicket({ url, token }: Pick<Where, "url" | "token">, ticket: string): SessionSocket {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}${sessionStreamPath}`, {
    protocols: [sessionProtocol, `${ticketProtocolPrefix}${ticket}`],
    headers: { authorization: `Bearer ${token}` },
  });
  socket.binaryType = "arraybuffer";
  const frames: SessionFrame[] = [];
  const pieces: Buffer[] = [];
  let received = 0;
  let isClosed = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const all = waiting;
    waiting = [];
    for (const one of all) one();
  };
  socket.addEventListener("message", (message) => {
    const data: unknown = message.data;
    if (data instanceof ArrayBuffer) {
      pieces.push(Buffer.from(data));
      received += data.byteLength;
      // Only the server under test speaks here.
    } else frames.push(JSON.parse(String(data)) as SessionFrame);
    wake();
  });
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => {
      isClosed = true;
      wake();
      resolve(code);
    });
  });
  const next = async (isThere: () => boolean, what: string): Promise<void> => {
    const limit = AbortSignal.timeout(limitMs);
    limit.addEventListener("abort", wake, { once: true });
    while (!isThere()) {
      if (limit.aborted) throw new Error(`not within ${limitMs} ms: ${what}`);
      if (isClosed) throw new Error(`the socket closed before ${what}: ${JSON.stringify(frames)}`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return {
    socket,
    closed,
    async frame() {
      await next(() => frames.length > 0, "a text frame");
      const [first] = frames.splice(0, 1);
      if (first === undefined) throw new Error("there is a frame");
      return first;
    },
    bytes: () => Buffer.concat(pieces),
    async atLeast(count) {
      await next(() => received >= count, `${count} bytes`);
      return Buffer.concat(pieces);
    },
    send: (bytes) => socket.send(new Uint8Array(bytes)),
    [Symbol.dispose]: () => socket.close(),
  };
}
