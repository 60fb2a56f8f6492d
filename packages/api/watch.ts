import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, VigilError, type ErrorReport } from "@vigil/base/errors.ts";
import { fail } from "./errors.ts";
import { EventStreamReader } from "./event-stream.ts";
import { liveEventNames, livePath, liveSilenceMs, type LiveEventName, type LiveEvents } from "./live.ts";

/** One event of the live feed: `{ name: "devices", data: { items } }`. */
export type LiveEvent = {
  [Name in LiveEventName]: { readonly name: Name; readonly data: LiveEvents[Name] };
}[LiveEventName];

/** Whether the feed flows: "open", or "closed" with the reason, until the next attempt succeeds. */
export type Connection = { readonly state: "open" } | { readonly state: "closed"; readonly error: ErrorReport };

/**
 * Follows the live feed until the signal aborts, then resolves. A lost feed is opened again, sooner at first and then
 * less often; each time it comes back a `gap` event says that something may have been missed (`dropped: 0`: nobody counted).
 * @throws what the server reports when it refuses the watcher (side "caller"): asking again would not help
 */
export type Feed = (
  onEvent: (event: LiveEvent) => void,
  options: { readonly signal: AbortSignal; readonly onConnection?: (connection: Connection) => void },
) => Promise<void>;

interface FeedParts {
  readonly clock: Clock;
  /** Opens the stream; rejects with a VigilError. */
  readonly open: (path: string, signal: AbortSignal) => Promise<Response>;
}

/** Chosen: a restarted server is seen again within a second, and a dead one is asked four times a minute. */
const firstDelayMs = 250;
const maxDelayMs = 15_000;

/** Makes `watch`. */
export function watchFeed(parts: FeedParts): Feed {
  return async (onEvent, { signal, onConnection }) => {
    let delayMs = firstDelayMs;
    let isFirst = true;
    while (!signal.aborted) {
      try {
        const body = await openStream(parts, signal);
        onConnection?.({ state: "open" });
        if (!isFirst) onEvent({ name: "gap", data: { dropped: 0 } });
        isFirst = false;
        delayMs = firstDelayMs;
        await follow(parts.clock, body, onEvent, signal);
      } catch (error) {
        if (signal.aborted) return;
        onConnection?.({ state: "closed", error: reportOf(error) });
        if (error instanceof VigilError && error.side === "caller") throw error;
      }
      isFirst = false;
      // Half to all of the delay, so that a hundred consoles do not come back in one instant.
      await parts.clock.sleep(delayMs * (0.5 + Math.random() / 2), signal).catch(() => {});
      delayMs = Math.min(maxDelayMs, delayMs * 2);
    }
  };
}

async function openStream(parts: FeedParts, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  using limit = parts.clock.deadline(liveSilenceMs, () => fail("api.answer.late"), signal);
  const opened = new AbortController();
  const stop = (): void => opened.abort(limit.signal.reason);
  limit.signal.addEventListener("abort", stop, { once: true });
  const response = await parts.open(livePath, opened.signal);
  // From here on the stream's own reader watches both the signal and the silence.
  limit.signal.removeEventListener("abort", stop);
  if (response.body === null) throw fail("api.answer.invalid", { details: { status: response.status } });
  return response.body;
}

/** Reads until the stream ends, which is always a failure: the server never ends a feed of its own accord. */
async function follow(
  clock: Clock,
  body: ReadableStream<Uint8Array>,
  onEvent: (event: LiveEvent) => void,
  signal: AbortSignal,
): Promise<never> {
  const reader = body.getReader();
  const text = new TextDecoder();
  const messages = new EventStreamReader();
  try {
    for (;;) {
      using silence = clock.deadline(liveSilenceMs, () => fail("api.answer.late"), signal);
      const piece = await unlessAborted(reader.read(), silence.signal);
      if (piece.done) throw fail("api.server.unreachable");
      for (const { event, data } of messages.push(text.decode(piece.value, { stream: true }))) {
        const known = liveEventNames.find((name) => name === event);
        // A newer server may send events that this client does not know.
        if (known !== undefined) onEvent(eventOf(known, data));
      }
    }
  } catch (cause) {
    if (cause instanceof VigilError || signal.aborted) throw cause;
    throw fail("api.server.unreachable", { cause });
  } finally {
    void reader.cancel().catch(() => {});
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function eventOf(name: LiveEventName, json: string): LiveEvent {
  try {
    // Border: the server writes what LiveEvents declares; the pair of name and data belongs together there.
    return { name, data: JSON.parse(json) } as LiveEvent;
  } catch (cause) {
    throw fail("api.answer.invalid", { cause });
  }
}
