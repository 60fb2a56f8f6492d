import type { Duplex } from "node:stream";

/**
 * A way to open a stream to a port of one device; every cable has this shape.
 *
 * The stream is ready for bytes when the promise resolves. When `signal` aborts, the dialer lets go of everything and
 * rejects with the signal's reason. Whoever dialled destroys the stream.
 * @throws amt.connect.*, amt.tls.* (network, device)
 */
export interface Dialer {
  (port: number, signal: AbortSignal): Promise<Duplex>;
  /** Name or address of the device, as far as the cable knows one: for the Host header and for error details. */
  readonly host?: string;
}
