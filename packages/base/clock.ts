/** Time, and waiting for it. The only place that reads the machine's clock or sets a timer. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back: for durations. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
  /** Calls `run` every `ms`; the returned function cancels it. */
  every(ms: number, run: () => void): () => void;
  /** A signal that aborts with `reason()` after `ms`, or when `parent` aborts. Dispose it when the work is done. */
  deadline(ms: number, reason: () => Error, parent?: AbortSignal): Deadline;
}

/** A bounded wait: pass `signal` on, dispose when done. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

type Schedule = (ms: number, run: () => void) => () => void;

/** The machine's clock. */
export function systemClock(): Clock {
  return clockOver(
    () => Date.now(),
    () => performance.now(),
    (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  );
}

/** A clock that stands still until a test advances it. */
export interface TestClock extends Clock {
  /** Moves on by `ms`, firing due timers in order and letting their promises settle in between. */
  advance(ms: number): Promise<void>;
  /** How many timers wait. */
  pending(): number;
}

/** @param startMs the time it starts at (milliseconds since 1970 UTC) */
export function testClock(startMs = Date.UTC(2026, 0, 1)): TestClock {
  let now = startMs;
  let timers: { at: number; run: () => void }[] = [];
  const clock = clockOver(
    () => now,
    () => now - startMs,
    (ms, run) => {
      const timer = { at: now + Math.max(0, ms), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  );
  return {
    ...clock,
    pending: () => timers.length,
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const due = timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((other) => other !== due);
        now = due.at;
        due.run();
        await settle();
      }
      now = until;
    },
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function clockOver(now: () => number, monotonic: () => number, schedule: Schedule): Clock {
  return {
    now,
    monotonic,
    after: schedule,
    every(ms, run) {
      let cancel = schedule(ms, tick);
      function tick(): void {
        cancel = schedule(ms, tick);
        run();
      }
      return () => cancel();
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const cancel = schedule(ms, () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        });
        function onAbort(): void {
          cancel();
          reject(signal?.reason);
        }
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    deadline(ms, reason, parent) {
      const controller = new AbortController();
      const onParent = (): void => controller.abort(parent?.reason);
      const cancel = schedule(ms, () => controller.abort(reason()));
      if (parent?.aborted) onParent();
      else parent?.addEventListener("abort", onParent, { once: true });
      return {
        signal: controller.signal,
        [Symbol.dispose]() {
          cancel();
          parent?.removeEventListener("abort", onParent);
        },
      };
    },
  };
}
