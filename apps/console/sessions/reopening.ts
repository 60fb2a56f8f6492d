import { fail } from "@vigil/api/errors.ts";
import { errorOf, isRecord } from "@vigil/api/report.ts";
import type { Reopen } from "./session-socket.ts";
import type { SocketAddress } from "./words.ts";

/**
 * The web socket of a new session, and the way to another one when the connection breaks. The typed client would make each worker eight times as
 * large, for one question.
 */
export function sessionSocket({ url, protocol, ticketPrefix, ticket, device, kind }: SocketAddress): {
  readonly socket: WebSocket;
  readonly reopen: Reopen;
} {
  const socketWith = (one: string): WebSocket => new WebSocket(url, [protocol, ticketPrefix + one]);
  return {
    socket: socketWith(ticket),
    reopen: async (session, bytesReceived) =>
      socketWith(await ticketFor(device, { kind, resume: { session, bytesReceived } })),
  };
}

/** @throws api.server.unreachable, api.answer.invalid (network), and what the server says */
async function ticketFor(device: string, wanted: object): Promise<string> {
  let answer: unknown;
  try {
    const response = await fetch(`/api/devices/${device}/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(wanted),
    });
    answer = await response.json();
  } catch (cause) {
    throw fail("api.server.unreachable", { cause });
  }
  if (isRecord(answer) && typeof answer["ticket"] === "string") return answer["ticket"];
  throw errorOf(answer) ?? fail("api.answer.invalid");
}
