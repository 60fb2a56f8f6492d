import type { Clock } from "@vigil/base/clock.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Events } from "../events.ts";
import { AttemptsStore, type Attempt } from "./attempts.store.ts";
import type { Entry } from "./entry.ts";
import { Trail } from "./trail.ts";

export type { Attempt } from "./attempts.store.ts";

/** Attempts kept of one device, and how long. Chosen: a device that fails for a week by itself is tried some ten times each time. */
const mostKept = 10;
const keptMs = 90 * 86_400_000;

/** An attempt that is under way in this process. */
export interface OpenAttempt {
  readonly uuid: string;
  readonly number: number;
  readonly trail: Trail;
}

/** Notes that moved since a watcher was told last. */
export interface AttemptNews {
  readonly attempt: Attempt;
  /** Place of the first note of `attempt.notes` in the attempt. */
  readonly from: number;
}

/** What each attempt to provision a device did: seen while it is under way, kept for later, bounded for each device. */
export class Attempts {
  readonly #store: AttemptsStore;
  readonly #clock: Clock;
  readonly #events: Events;
  readonly #log: Log;
  readonly #open = new Map<string, OpenAttempt & { readonly attempt: Attempt }>();
  readonly #written = new Map<string, OpenAttempt>();
  #isKeeping = false;

  constructor(deps: {
    readonly postgres: Postgres;
    readonly clock: Clock;
    readonly events: Events;
    readonly log: Log;
  }) {
    this.#log = deps.log;
    this.#store = new AttemptsStore(deps.postgres);
    this.#clock = deps.clock;
    this.#events = deps.events;
  }

  async begin(tx: Tx, { uuid, address, lane }: Pick<Entry, "uuid" | "address" | "lane">): Promise<OpenAttempt> {
    const startedAt = new Date(this.#clock.now());
    const number = await this.#store.begin(tx, { uuid, address, lane, startedAt });
    if (number > 1) await this.#store.interrupt(tx, uuid, number);
    if (number > mostKept) await this.#store.forget(tx, uuid, number - mostKept);
    const trail: Trail = new Trail({
      clock: this.#clock,
      onNews: (note) => this.#tell(uuid, number, note),
      onWritten: () => this.#keepSoon({ uuid, number, trail }),
    });
    const rest = { outcome: "running", endedAt: null, error: null, notes: [] } as const;
    const attempt = { uuid, number, address, lane, startedAt, ...rest };
    tx.afterCommit(() => {
      this.#open.set(uuid, { uuid, number, trail, attempt });
      this.#tell(uuid, number, 0);
    });
    return { uuid, number, trail };
  }

  async end(
    tx: Tx,
    { uuid, number, trail }: OpenAttempt,
    outcome: "done" | "postponed" | "failed",
    error: ErrorReport | null,
  ): Promise<void> {
    const endedAt = new Date(this.#clock.now());
    await this.#store.end(tx, { uuid, number }, { outcome, endedAt, error, notes: trail.notes });
    tx.afterCommit(() => {
      if (this.#open.get(uuid)?.number === number) this.#open.delete(uuid);
      this.#tell(uuid, number, Math.max(0, trail.notes.length - 1));
    });
  }

  /** It ended with its device, which is known no more. */
  forget(attempt: OpenAttempt | undefined): void {
    if (attempt !== undefined && this.#open.get(attempt.uuid)?.number === attempt.number)
      this.#open.delete(attempt.uuid);
  }

  /** The step under way at that device, in this process; undefined when there is none. */
  stepOf(uuid: string): string | undefined {
    return this.#open.get(uuid)?.trail.step ?? undefined;
  }

  /** Newest first; one that is under way with all that it has done so far. */
  async list(uuid: string): Promise<Attempt[]> {
    const kept = await this.#store.list(uuid, mostKept);
    const open = this.#open.get(uuid);
    return kept.map((one) => (one.number === open?.number ? { ...one, notes: open.trail.notes } : one));
  }

  /** For watchers: what moved at these devices. Those of which nothing is known any more are left out. */
  async newsOf(moved: readonly { readonly device: string; readonly note: number }[]): Promise<AttemptNews[]> {
    const all: AttemptNews[] = [];
    for (const { device, note } of moved) {
      const open = this.#open.get(device);
      const attempt =
        open === undefined ? (await this.#store.list(device, 1))[0] : { ...open.attempt, notes: open.trail.notes };
      if (attempt === undefined) continue;
      const from = Math.min(note, attempt.notes.length);
      all.push({ attempt: { ...attempt, notes: attempt.notes.slice(from) }, from });
    }
    return all;
  }

  /** Forgets what is older than three months. */
  async forgetOld(): Promise<void> {
    await this.#store.forgetBefore(new Date(this.#clock.now() - keptMs));
  }

  /** What comes while one statement is under way goes together in the next: a crowd costs few writes. */
  #keepSoon(open: OpenAttempt): void {
    this.#written.set(open.uuid, open);
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    void this.#keepAll().finally(() => (this.#isKeeping = false));
  }

  async #keepAll(): Promise<void> {
    while (this.#written.size > 0) {
      const all = [...this.#written.values()].map(({ uuid, number, trail }) => ({ uuid, number, notes: trail.notes }));
      this.#written.clear();
      try {
        await this.#store.keep(all);
      } catch (error) {
        // The attempt's end stores all of them again; only what a kill would leave behind is poorer.
        this.#log.warn("what an attempt did was not stored", { attempts: all.length, error });
      }
    }
  }

  #tell(device: string, number: number, note: number): void {
    this.#events.publish({ kind: "attempt", device, number, note });
    // The device's row shows the step, too.
    this.#events.publish({ kind: "device", id: device });
  }
}
