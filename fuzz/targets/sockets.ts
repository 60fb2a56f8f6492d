import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "@vigil/base/clock.ts";
import { pieces } from "./http.ts";

/** Where bytes are thrown. */
export interface Door {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

/**
 * Opens a connection, writes the input in pieces and ends it. Resolves with all that came when the connection is gone, however it
 * went: the other side may well reset it in the middle.
 */
export function throwAt({ host, port, isSecure }: Door, input: Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const write = (): void => {
      for (const piece of pieces(input)) socket.write(piece);
      socket.end();
    };
    // The certificate is the device's own.
    const socket: Socket = isSecure
      ? connectTls({ host, port, rejectUnauthorized: false }, write)
      : connect({ host, port, noDelay: true }, write);
    socket.on("data", (part) => parts.push(part));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => resolve(Buffer.concat(parts)));
  });
}

/** How long connections may take to go after the last byte. Chosen: they need a few turns of the loop. */
const mostMs = 800;

/** @throws when a connection of this thread is still open */
export async function nothingIsOpen(clock: Clock): Promise<void> {
  const open = (): readonly string[] =>
    process.getActiveResourcesInfo().filter((one) => /^(TCPSocket|TLS)Wrap$/.test(one));
  for (const until = clock.monotonic() + mostMs; open().length > 0;) {
    if (clock.monotonic() > until) throw new Error(`still open: ${open().join(", ")}`);
    await clock.sleep(1);
  }
}
