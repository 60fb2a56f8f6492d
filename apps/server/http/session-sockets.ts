import { STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { sessionProtocol, sessionStreamPath, ticketProtocolPrefix } from "@vigil/api/resources/sessions.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { statusOf } from "./status.ts";

export interface SessionSocketsOptions {
  /** @throws api.origin.refused (caller) for a request from a page that is not ours */
  readonly refuseForeign: (request: IncomingMessage) => void;
  /** Which login the request shows; undefined: none that is good. */
  readonly loginOf: (request: IncomingMessage) => Promise<string | undefined>;
  readonly serve: (socket: WebSocket, ticket: string, login: string | undefined) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Of one message. Chosen: no kind of session has longer ones, and a browser cuts a disk's data smaller. */
const mostMessageBytes = 1024 * 1024;

/**
 * Takes web sockets at the one address that has them. What is wrong with the request is answered as any route does; what is wrong with the ticket
 * is said on the socket, as a browser's page learns nothing of an answer to its handshake.
 */
export function addSessionSockets(server: Server, options: SessionSocketsOptions): void {
  const sockets = new WebSocketServer({
    noServer: true,
    // What screens and disks send is compressed already, or not worth it.
    perMessageDeflate: false,
    maxPayload: mostMessageBytes,
    skipUTF8Validation: true,
    clientTracking: false,
    handleProtocols: () => sessionProtocol,
  });
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    void upgrade(request, stream, options)
      .then((asked) => {
        if (asked === undefined) return;
        const { ticket, login } = asked;
        sockets.handleUpgrade(request, stream, head, (socket) => {
          options.serve(socket, ticket, login).catch(options.onError);
        });
      })
      .catch((error: unknown) => {
        stream.destroy();
        options.onError(error);
      });
  });
}

/** @returns undefined when the request was refused */
async function upgrade(
  request: IncomingMessage,
  stream: Duplex,
  { refuseForeign, loginOf }: SessionSocketsOptions,
): Promise<{ readonly ticket: string; readonly login: string | undefined } | undefined> {
  try {
    refuseForeign(request);
    if (request.url !== sessionStreamPath) throw fail("api.route.unknown");
    return { ticket: ticketIn(request), login: await loginOf(request) };
  } catch (error) {
    const report = reportOf(error);
    const body = JSON.stringify({ error: report });
    const status = statusOf(report);
    stream.end(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        "connection: close",
        "content-type: application/json; charset=utf-8",
        `content-length: ${Buffer.byteLength(body)}`,
        "",
        body,
      ].join("\r\n"),
    );
    if (report.code === "base.unexpected") throw error;
    return undefined;
  }
}

/** @throws api.request.invalid (caller) unless our protocol and a ticket are offered */
function ticketIn(request: IncomingMessage): string {
  const offered = String(request.headers["sec-websocket-protocol"] ?? "")
    .split(",")
    .map((one) => one.trim());
  const ticket = offered.find((one) => one.startsWith(ticketProtocolPrefix))?.slice(ticketProtocolPrefix.length);
  if (ticket === undefined || !offered.includes(sessionProtocol)) {
    throw fail("api.request.invalid", {
      message: `The web socket has to offer ${sessionProtocol} and ${ticketProtocolPrefix} with a ticket`,
    });
  }
  return ticket;
}
