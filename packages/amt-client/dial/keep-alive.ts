import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** The system's first question; ten more follow, a second apart, before it gives up. */
const quietMs = 10_000;

/**
 * Lets the system ask, while nothing moves, whether the other side is still there: a device whose cable was pulled says nothing, and is
 * noticed after some 20 seconds. While bytes wait to be acknowledged the system's own limit holds, which may be a quarter of an hour.
 */
export function keepAlive(stream: Duplex): void {
  if (stream instanceof Socket) stream.setKeepAlive(true, quietMs);
}
