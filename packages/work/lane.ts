import type { PgBoss } from "pg-boss";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import { fail } from "./errors.ts";
import { within } from "./sql.ts";

/** One thing to do. */
export interface WorkItem<T> {
  readonly id: string;
  readonly payload: T;
  /** 1 at the first try. */
  readonly attempt: number;
  /** The item is done if and only if the transaction commits; from then on its key is free. Without it an item is done when its handler returns. */
  done(tx: Tx): Promise<void>;
}

export interface LaneOptions<T> {
  /** Items under way at once, in this process. */
  readonly concurrency: number;
  /** While that lane has its hands full, this one begins no more than an eighth of its own at once. */
  readonly yieldsTo?: string;
  /** How long an item may take; then its handler is aborted and the item tried again. */
  readonly leaseSeconds: number;
  readonly retry: { readonly limit: number; readonly firstDelaySeconds: number; readonly maxDelaySeconds: number };
  /** While an item waits or runs, another with the same key is not taken. */
  readonly isUnique?: boolean;
  /** Must be idempotent: an item is handled at least once. */
  readonly handle: (item: WorkItem<T>, signal: AbortSignal) => Promise<void>;
  /** The last try has failed. */
  readonly onExhausted?: (item: WorkItem<T>, error: unknown) => Promise<void>;
}

interface LaneDeps {
  readonly boss: PgBoss;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopped: AbortSignal;
  /** Whether the lane that this one yields to has its hands full. */
  readonly mustYield: () => boolean;
  readonly around: (handle: () => Promise<void>) => Promise<void>;
}

/** The share that a lane keeps while it yields: what waits in it goes on, slowly. Chosen. */
const yieldedShare = 1 / 8;

/** The share of a lane's hands that are free before more items are fetched. Chosen: a lane of up to eight fetches for each. */
const fetchedShare = 1 / 8;

/** One lane of the queue: fetches as many items as it has hands free, and reports each. */
export class Lane<T extends object = object> {
  readonly #name: string;
  readonly #options: LaneOptions<T>;
  readonly #deps: LaneDeps;
  readonly #running = new Set<Promise<void>>();
  /** True: nothing more is fetched. */
  isHeld = false;
  #done: string[] = [];
  #flushing: Promise<void> | undefined;
  #fetching: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(name: string, options: LaneOptions<T>, deps: LaneDeps) {
    this.#name = name;
    this.#options = options;
    this.#deps = deps;
  }

  /** Nothing more is fetched until something has ended. */
  get isFull(): boolean {
    return this.#running.size >= this.#options.concurrency;
  }

  /** What each of the lane's items is sent with. */
  sendOptions(): {
    retryLimit: number;
    retryDelay: number;
    retryBackoff: boolean;
    retryDelayMax: number;
    expireInSeconds: number;
  } {
    const { retry, leaseSeconds } = this.#options;
    return {
      retryLimit: retry.limit,
      retryDelay: retry.firstDelaySeconds,
      retryBackoff: true,
      retryDelayMax: retry.maxDelaySeconds,
      // The handler is aborted first; the queue's own expiry is for processes that died.
      expireInSeconds: leaseSeconds + 15,
    };
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#deps.stopped.aborted || this.isHeld) return;
    if (this.#fetching !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    this.#fetching = this.#fetch()
      .catch((error: unknown) => this.#deps.log.error("items cannot be fetched", { error }))
      .finally(() => {
        this.#fetching = undefined;
        if (!this.#isAskedAgain) return;
        this.#isAskedAgain = false;
        this.wake();
      });
  }

  /** Resolves when nothing is under way any more, or when the signal aborts. */
  async drained(signal: AbortSignal): Promise<void> {
    const given = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    const all = async (): Promise<void> => {
      await this.#fetching;
      while (this.#running.size > 0) await Promise.all(this.#running);
      await this.#flushing;
    };
    await Promise.race([all(), given]);
  }

  async #fetch(): Promise<void> {
    for (;;) {
      const free = this.#most() - this.#running.size;
      if (free <= 0 || this.isHeld || this.#deps.stopped.aborted) return;
      const jobs = await this.#deps.boss.fetch<T>(this.#name, { batchSize: free, includeMetadata: true });
      for (const { id, data, retryCount } of jobs) this.#start(id, data, retryCount + 1);
      if (jobs.length < free) return;
    }
  }

  /** One statement for each hand that gets free would be many: hands wait for others, at most until the next poll. */
  #isWorthFetching(): boolean {
    const most = this.#most();
    return this.#running.size === 0 || most - this.#running.size >= most * fetchedShare;
  }

  #most(): number {
    const { concurrency } = this.#options;
    return this.#deps.mustYield() ? Math.max(1, Math.floor(concurrency * yieldedShare)) : concurrency;
  }

  #start(id: string, payload: T, attempt: number): void {
    let isDone = false;
    const done = async (tx: Tx): Promise<void> => {
      await this.#deps.boss.complete(this.#name, id, null, { db: within(tx) });
      tx.afterCommit(() => (isDone = true));
    };
    const run = (): Promise<void> => this.#run({ id, payload, attempt, done }, () => isDone);
    const running = this.#deps.around(run).finally(() => {
      this.#running.delete(running);
      if (this.#isWorthFetching()) this.wake();
    });
    this.#running.add(running);
  }

  async #run(item: WorkItem<T>, isDone: () => boolean): Promise<void> {
    const { clock, stopped } = this.#deps;
    const { leaseSeconds, handle } = this.#options;
    using lease = clock.deadline(
      leaseSeconds * 1000,
      () => fail("work.item.timeout", { details: { lane: this.#name } }),
      stopped,
    );
    try {
      await unlessAborted(handle(item, lease.signal), lease.signal);
      if (!isDone()) await this.#complete(item.id);
    } catch (error) {
      await this.#failed(item, error).catch((cause: unknown) => {
        // The item stays with us until its lease ends, then it is tried again.
        this.#deps.log.error("an item's failure cannot be stored", { item: item.id, error: cause });
      });
    }
  }

  async #failed(item: WorkItem<T>, error: unknown): Promise<void> {
    const { code, details } = reportOf(error);
    await this.#deps.boss.fail(this.#name, item.id, { code, details });
    if (this.#deps.stopped.aborted || item.attempt <= this.#options.retry.limit) return;
    await this.#options.onExhausted?.(item, error);
  }

  /** Completions that come while one statement is under way go together in the next. */
  #complete(id: string): Promise<void> {
    this.#done.push(id);
    this.#flushing ??= this.#flush();
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#done.length > 0) {
        const ids = this.#done;
        this.#done = [];
        await this.#deps.boss.complete(this.#name, ids);
      }
    } finally {
      // Here and not in a callback: whoever comes between the last look and the callback would never be flushed.
      this.#flushing = undefined;
    }
  }
}

/** A handler that ignores its signal must not hold a hand of the lane for ever. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
