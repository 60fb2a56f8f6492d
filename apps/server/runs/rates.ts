import type { Clock } from "@vigil/base/clock.ts";

/** What a rate is taken over: long enough to be steady, short enough to show a standstill. Chosen. */
const spanMs = 15_000;

/** How many devices end in a second, lately, by run: as this process has seen it since it started. */
export class Rates {
  readonly #clock: Clock;
  readonly #ended = new Map<string, { readonly at: number; readonly count: number }[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(run: string, count: number): void {
    const now = this.#clock.monotonic();
    for (const [one, marks] of this.#ended) if ((marks.at(-1)?.at ?? 0) < now - spanMs) this.#ended.delete(one);
    const marks = this.#ended.get(run) ?? [];
    marks.push({ at: now, count });
    while ((marks[0]?.at ?? now) < now - spanMs) marks.shift();
    this.#ended.set(run, marks);
  }

  /** Null while nobody knows. */
  of(run: string): number | null {
    const now = this.#clock.monotonic();
    const marks = (this.#ended.get(run) ?? []).filter(({ at }) => at >= now - spanMs);
    const first = marks[0];
    if (first === undefined) return null;
    const seconds = Math.max(1, (now - first.at) / 1000);
    return Math.round((marks.reduce((sum, { count }) => sum + count, 0) / seconds) * 10) / 10;
  }
}
