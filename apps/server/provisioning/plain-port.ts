import type { Duplex } from "node:stream";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { fail } from "./errors.ts";

/** AMT's port without TLS. @source protocols A.2 */
const plainPort = 16_992;
/** Chosen: a listener answers at once; firmware that drops instead of refusing is given this long. */
const dialLimitMs = 20_000;
/** How long a port that is closed after all may take to hang up. */
const hangUpMs = 500;

/** Whether anybody listens on the plain port. */
export async function isPlainPortOpen(dialer: Dialer, clock: Clock, signal: AbortSignal): Promise<boolean> {
  using limit = clock.deadline(dialLimitMs, () => fail("provisioning.step.timeout"), signal);
  try {
    return await staysOpen(await dialer(plainPort, limit.signal), clock, limit.signal);
  } catch (error) {
    if (error instanceof VigilError && /^amt\.connect\.(refused|reset|timeout)$/.test(error.code)) return false;
    throw error;
  }
}

/** What stands before a device may take every connection, and hang up at once on those to closed ports. */
async function staysOpen(stream: Duplex, clock: Clock, signal: AbortSignal): Promise<boolean> {
  using patience = clock.deadline(hangUpMs, () => new Error("it stays open"), signal);
  stream.on("error", () => {}).resume();
  await new Promise<void>((resolve) => {
    stream.once("close", resolve);
    patience.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const isOpen = !stream.destroyed;
  stream.destroy();
  signal.throwIfAborted();
  return isOpen;
}
