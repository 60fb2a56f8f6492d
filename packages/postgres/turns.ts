import type { Clock } from "@vigil/base/clock.ts";
import { fail } from "./errors.ts";

/** The longest wait for a turn, in milliseconds. Chosen: longer than any transaction of ours, shorter than an operator's patience. */
const longestWaitMs = 60_000;

/** One after the other: whoever has the turn is alone until it ends. */
export class Turns {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns ends the turn. @throws postgres.busy (ours) */
  begin(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        cancel();
        this.#isTaken = true;
        resolve(this.#ender());
      };
      const cancel = this.#isTaken
        ? this.#clock.after(longestWaitMs, () => {
            this.#waiting.splice(this.#waiting.indexOf(start), 1);
            reject(fail("postgres.busy", { details: { waitedMs: longestWaitMs, behind: this.#waiting.length } }));
          })
        : () => {};
      if (this.#isTaken) this.#waiting.push(start);
      else start();
    });
  }

  /** Runs `work` in a turn of its own. */
  async take<R>(work: () => Promise<R>): Promise<R> {
    const end = await this.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  #ender(): () => void {
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      this.#isTaken = false;
      this.#waiting.shift()?.();
    };
  }
}
