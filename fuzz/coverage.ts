import { Session } from "node:inspector";

/** Tells when an input has reached code that none before it has: V8 counts the blocks. */
export class Coverage {
  readonly #session = new Session();
  // V8 joins blocks of the same count, so those of many inputs together are cut in other places than those of one: each number of
  // inputs has blocks of its own.
  readonly #seen = new Map<number, Set<string>>();

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Blocks seen so far. */
  get blocks(): number {
    return Math.max(0, ...[...this.#seen.values()].map((seen) => seen.size));
  }

  /** Whether what ran since the last time has reached anything new. @param inputs how many ran */
  isNew(inputs: number): boolean {
    const seen = this.#seen.get(inputs) ?? new Set();
    this.#seen.set(inputs, seen);
    const before = seen.size;
    // Answers at once: the session is this thread's own.
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, scriptId, functions } of result) {
        if (!watched.test(url)) continue;
        for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
          if (count > 0) seen.add(`${scriptId}:${startOffset}:${endOffset}`);
        }
      }
    });
    return seen.size > before;
  }

  /** What ran until now does not count. */
  forget(): void {
    this.#session.post("Profiler.takePreciseCoverage");
  }

  stop(): void {
    this.#session.disconnect();
  }
}

/** Our own code, and the XML reader that we did not write. */
const watched = /\/(packages|saxes)\//;
