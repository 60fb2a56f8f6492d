import { PgBoss } from "pg-boss";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import { fail } from "./errors.ts";
import { Lane, type LaneOptions } from "./lane.ts";
import { within } from "./sql.ts";

export type { LaneOptions, WorkItem } from "./lane.ts";

/** Items in one insert. Chosen: some 100 bytes each keep a statement well under a megabyte. */
const insertSize = 1_000;
/** The slowest way by which an item is noticed: sends wake the lane at once. */
const pollMs = 500;
/** Lanes with something to fetch: one cheap look for all of them, since most have nothing most of the time. @source pg-boss's own fetch, its conditions */
const dueLanes = `
  select lane.name from unnest($1::text[]) as lane(name) where exists (
    select from pgboss.job where job.name = lane.name and state < 'active' and not blocked and start_after <= now())`;

export interface SendOptions {
  /** The item belongs to this transaction: it exists if and only if that commits. */
  readonly tx?: Tx;
  /** In a lane of unique items: while one with this key waits or runs, another is not taken. */
  readonly key?: string;
  readonly delaySeconds?: number;
}

/** What each item of a lane is handled in. */
export type Around = (lane: string, handle: () => Promise<void>) => Promise<void>;

export interface WorkDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly around?: Around;
}

/**
 * The durable queue.
 *
 * States: defined lanes are added -> `begin()` starts to fetch -> `stop()` ends it: handlers are told by their signal, unfinished items
 * are given back. An item belongs to whoever took it for the lane's lease; when its process dies it is taken up again:
 * at the next start where the database is embedded (its folder has one owner), after the lease otherwise.
 */
export class Work {
  readonly #postgres: Postgres;
  readonly #boss: PgBoss;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #around: Around;
  readonly #lanes = new Map<string, Lane>();
  readonly #stopped = new AbortController();
  #cancelPoll: (() => void) | undefined;
  #isPolling = false;

  constructor(postgres: Postgres, boss: PgBoss, deps: WorkDeps) {
    this.#postgres = postgres;
    this.#boss = boss;
    this.#around = deps.around ?? ((_lane, handle) => handle());
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Brings the queue's own tables up to date. */
  static async start(postgres: Postgres, deps: WorkDeps): Promise<Work> {
    const boss = new PgBoss({
      db: { executeSql: (text, values) => postgres.execute(text, values) },
      ...(postgres.kind === "embedded" ? { backend: "pglite" as const } : {}),
      schedule: false,
      superviseIntervalSeconds: 30,
    });
    boss.on("error", (error) => deps.log.error("the queue failed", { error }));
    await boss.start();
    return new Work(postgres, boss, deps);
  }

  /** Adds a lane. @throws when it is there already */
  async define<T extends object>(name: string, options: LaneOptions<T>): Promise<void> {
    if (this.#lanes.has(name)) throw new RangeError(`lane ${name} is defined twice`);
    await this.#boss.createQueue(name, { policy: options.isUnique === true ? "exclusive" : "standard" });
    if (this.#postgres.kind === "embedded") await this.#giveBackActive(name);
    // Lane reads its payloads as T: only this lane's senders wrote them.
    const lane = new Lane<T>(name, options, {
      boss: this.#boss,
      clock: this.#clock,
      log: this.#log.with({ lane: name }),
      stopped: this.#stopped.signal,
      mustYield: () => options.yieldsTo !== undefined && this.#lanes.get(options.yieldsTo)?.isFull === true,
      around: (handle) => this.#around(name, handle),
    });
    this.#lanes.set(name, lane as unknown as Lane);
  }

  /** Starts to fetch. Call it once every lane is defined. */
  begin(): void {
    this.#cancelPoll = this.#clock.every(pollMs, () => void this.#poll());
    void this.#poll();
  }

  async #poll(): Promise<void> {
    if (this.#isPolling || this.#stopped.signal.aborted) return;
    this.#isPolling = true;
    try {
      const { rows } = await this.#postgres.execute(dueLanes, [[...this.#lanes.keys()]]);
      // The statement's one column.
      for (const { name } of rows as { name: string }[]) this.#lanes.get(name)?.wake();
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#log.error("lanes cannot be looked after", { error });
    } finally {
      this.#isPolling = false;
    }
  }

  /** @returns the item's id; null when an item with that key waits or runs already. @throws work.lane.unknown (ours) */
  async send(name: string, payload: object, options: SendOptions = {}): Promise<string | null> {
    const lane = this.#laneOf(name);
    const id = await this.#boss.send(name, payload, {
      ...lane.sendOptions(),
      ...(options.key === undefined ? {} : { singletonKey: options.key }),
      ...(options.delaySeconds === undefined ? {} : { startAfter: options.delaySeconds }),
      ...(options.tx === undefined ? {} : { db: within(options.tx) }),
    });
    this.#wakeAfter(lane, options.tx);
    return id;
  }

  /** Sends many items. @param options.keyOf in a lane of unique items: those whose key waits or runs are left out */
  async sendMany<T extends object>(
    name: string,
    payloads: readonly T[],
    options: { readonly tx?: Tx; readonly keyOf?: (payload: T) => string; readonly delaySeconds?: number } = {},
  ): Promise<void> {
    const lane = this.#laneOf(name);
    const { keyOf, delaySeconds } = options;
    for (let from = 0; from < payloads.length; from += insertSize) {
      const items = payloads.slice(from, from + insertSize).map((data) => ({
        data,
        ...lane.sendOptions(),
        ...(keyOf === undefined ? {} : { singletonKey: keyOf(data) }),
        ...(delaySeconds === undefined ? {} : { startAfter: delaySeconds }),
      }));
      await this.#boss.insert(name, items, options.tx === undefined ? {} : { db: within(options.tx) });
    }
    this.#wakeAfter(lane, options.tx);
  }

  /** Holds a lane: what is under way goes on, nothing more is fetched until it is let go. In this process alone. */
  hold(name: string, isHeld: boolean): void {
    const lane = this.#laneOf(name);
    lane.isHeld = isHeld;
    lane.wake();
  }

  /** Ends fetching, tells the handlers, and waits for them at most `limitMs`. What is unfinished is given back. */
  async stop(limitMs = 10_000): Promise<void> {
    this.#cancelPoll?.();
    this.#stopped.abort(fail("work.stopped"));
    using limit = this.#clock.deadline(limitMs, () => fail("work.stopped"));
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drained(limit.signal)));
    await this.#boss.stop({ graceful: false, close: false });
  }

  #laneOf(name: string): Lane {
    const lane = this.#lanes.get(name);
    if (lane === undefined) throw fail("work.lane.unknown", { details: { lane: name } });
    return lane;
  }

  #wakeAfter(lane: Lane, tx: Tx | undefined): void {
    if (tx === undefined) lane.wake();
    else tx.afterCommit(() => lane.wake());
  }

  /** The folder's lock says that the process that took these items is dead. */
  async #giveBackActive(name: string): Promise<void> {
    await this.#postgres.execute(
      "update pgboss.job set state = 'retry', start_after = now() where name = $1 and state = 'active'",
      [name],
    );
  }
}
