import { createServer, type AddressInfo, type Socket } from "node:net";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import { decodeHello, maxHelloBytes, type Hello } from "@vigil/wire/hello.ts";
import { fail } from "../errors.ts";

export type { Hello } from "@vigil/wire/hello.ts";

export interface HelloListenerOptions {
  /** Address to listen on; all when omitted. */
  readonly host?: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** How many connections may be open at once. */
  readonly maxConnections?: number;
  readonly maxConnectionsPerAddress?: number;
  /** A device asked to be set up. @param address of the sender: IPv4 in dotted form, IPv6 otherwise */
  readonly onHello: (hello: Hello, address: string) => void;
  /** A connection brought no hello. @param error wire.hello.* or amt.hello.* */
  readonly onRefused: (error: VigilError, address: string) => void;
}

export interface HelloListener extends AsyncDisposable {
  readonly port: number;
  /** Stops listening and drops what is connected. */
  close(): Promise<void>;
}

// Chosen: 12,776 bytes kept for each of 256 connections are 3 MiB; 10,000 devices that power on at once are served in turn,
// since each connection lives for a few milliseconds.
const defaultMaxConnections = 256;
// Chosen: a device opens one; several behind one address translation may come at once.
const defaultMaxPerAddress = 16;
/** Chosen: a hello is a kilobyte in one or two segments. */
const maxIdleMs = 5_000;
const maxTotalMs = 20_000;

/**
 * Takes hellos, one per connection. Nothing is answered but a browser.
 *
 * A connection's states: receiving -> done when the sender has closed its side, or has sent more than any hello, or a
 * deadline has passed. What has come by then is either a hello or is refused with a reason; then the connection is destroyed.
 * @source docs/protocol/hello.md
 */
export async function listenForHellos(options: HelloListenerOptions): Promise<HelloListener> {
  const { maxConnections = defaultMaxConnections, maxConnectionsPerAddress = defaultMaxPerAddress } = options;
  const open = new Set<Socket>();
  const perAddress = new Map<string, number>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const address = plainAddress(socket.remoteAddress ?? "");
    const count = perAddress.get(address) ?? 0;
    if (open.size >= maxConnections || count >= maxConnectionsPerAddress) {
      socket.on("error", () => {}).destroy();
      return refuse(options, fail("amt.hello.crowded", { details: { open: open.size, fromAddress: count } }), address);
    }
    open.add(socket);
    perAddress.set(address, count + 1);
    socket.once("close", () => {
      open.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
    receive(socket, address, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, ...(options.host === undefined ? {} : { host: options.host }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", (error) => options.log.error("hello listener failed", { error }));
  // A server on a port has an address that is no pipe's name.
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { port, close, [Symbol.asyncDispose]: close };
}

function receive(socket: Socket, address: string, options: HelloListenerOptions): void {
  const { clock } = options;
  // One byte more than the longest hello is kept, which is enough to know that it is none.
  let buffer = noBytes;
  let length = 0;
  let isDone = false;
  const finish = (isLate: boolean): void => {
    if (isDone) return;
    isDone = true;
    cancelTotal();
    cancelIdle();
    const bytes = buffer.subarray(0, length);
    if (looksLikeHttp(bytes)) socket.end(browserAnswer, () => socket.destroy());
    else socket.destroy();
    settle(bytes, isLate, address, options);
  };
  const cancelTotal = clock.after(maxTotalMs, () => finish(true));
  let cancelIdle = clock.after(maxIdleMs, () => finish(true));
  socket.on("data", (piece) => {
    if (isDone) return;
    cancelIdle();
    cancelIdle = clock.after(maxIdleMs, () => finish(true));
    if (buffer === noBytes) buffer = new Uint8Array(maxHelloBytes + 1);
    const part = piece.subarray(0, buffer.length - length);
    buffer.set(part, length);
    length += part.length;
    if (length > maxHelloBytes || looksLikeHttp(buffer)) finish(false);
  });
  socket.once("end", () => finish(false));
  socket.once("close", () => finish(false));
  // A reset shows as a close; what came before it is judged there.
  socket.on("error", () => {});
}

const noBytes = new Uint8Array(0);

function settle(bytes: Uint8Array, isLate: boolean, address: string, options: HelloListenerOptions): void {
  if (looksLikeHttp(bytes)) return refuse(options, fail("amt.hello.http"), address);
  let hello: Hello;
  try {
    hello = decodeHello(bytes);
  } catch (cause) {
    if (isLate) return refuse(options, fail("amt.hello.timeout", { details: { bytes: bytes.length }, cause }), address);
    if (cause instanceof VigilError) return refuse(options, cause, address);
    throw cause;
  }
  options.onHello(hello, address);
}

function refuse(options: HelloListenerOptions, error: VigilError, address: string): void {
  options.log.warn("hello refused", { address, code: error.code, details: error.details });
  options.onRefused(error, address);
}

const browserText = "This port takes hello packets of Intel AMT devices. Vigil's console is elsewhere.\n";
const browserAnswer = `HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: ${browserText.length}\r\nConnection: close\r\n\r\n${browserText}`;

function looksLikeHttp(bytes: Uint8Array): boolean {
  return /^(?:GET|HEAD|POST|PUT|OPTIONS) \//.test(Buffer.from(bytes.subarray(0, 16)).toString("latin1"));
}

/** A dual-stack socket shows an IPv4 sender as ::ffff:1.2.3.4. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}
