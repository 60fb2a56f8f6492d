import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { Audit } from "../audit/audit.ts";
import type { Events } from "../events.ts";
import type { Course, Courses, ItemLane } from "./engine/course.ts";
import { restoresIn } from "./engine/outline.ts";
import type { FleetLimits } from "./fleet-limits.ts";
import type { FeedStore } from "./feed.store.ts";
import type { Moves, WaveNews } from "./moves.ts";
import { itemLanes } from "./runs.work.ts";
import type { RunRow, WaveRow } from "./tables.ts";
import { hasEnded, mostQueued, roomFor, wantsFeed, whyStop } from "./waves.ts";

export interface FeedDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly audit: Audit;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Log;
  readonly courses: Courses;
  readonly moves: Moves;
  readonly fleetLimits: FleetLimits;
}

/** A run as it stands while it is fed. */
interface Fed {
  readonly run: RunRow;
  readonly course: Course;
  readonly waves: readonly WaveRow[];
}

/** How often open runs are looked after whatever happens: what time alone brings is at most so late. */
const tickMs = 1_000;

/**
 * Leads runs: queues their devices as waves and limits allow, pauses a run of which too many fail, ends it after its last device.
 *
 * All of it is decided anew from the database each time, under a lock of the run's row: any process may do it at any moment, and one that was
 * killed leaves nothing half done.
 */
export class Feed {
  readonly #deps: FeedDeps;
  readonly #store: FeedStore;
  /** Runs that are being fed: true when they have to be fed once more. */
  readonly #feeding = new Map<string, boolean>();
  #isStopped = false;

  constructor(deps: FeedDeps, store: FeedStore) {
    this.#deps = deps;
    this.#store = store;
    deps.moves.whenCounted((news) => void this.#counted(news));
  }

  /** Begins to look after open runs. @returns ends it */
  begin(): () => void {
    const tick = (): void => {
      this.#tick().catch((error: unknown) => this.#deps.log.error("runs cannot be looked after", { error }));
    };
    tick();
    const cancel = this.#deps.clock.every(tickMs, tick);
    return () => {
      this.#isStopped = true;
      cancel();
    };
  }

  /** Something about the run has changed. */
  wake(run: string): void {
    if (this.#isStopped) return;
    if (this.#feeding.has(run)) return void this.#feeding.set(run, true);
    this.#feeding.set(run, false);
    void this.#keep(run);
  }

  async #tick(): Promise<void> {
    for (const run of await this.#store.open()) this.wake(run);
  }

  async #counted({ run, wave, hasEndedSome }: WaveNews): Promise<void> {
    const course = await this.#deps.courses.of(run);
    if (course !== undefined && wantsFeed(course, wave, hasEndedSome)) this.wake(run);
  }

  async #keep(run: string): Promise<void> {
    try {
      do {
        this.#feeding.set(run, false);
        await this.#feed(run);
      } while (this.#feeding.get(run) === true && !this.#isStopped);
    } catch (error) {
      if (!this.#isStopped) this.#deps.log.error("a run cannot be fed", { run, error });
    } finally {
      this.#feeding.delete(run);
    }
  }

  async #feed(id: string): Promise<void> {
    // Before the transaction, which has the embedded database's one session for itself.
    const course = await this.#deps.courses.of(id);
    if (course === undefined) return;
    await this.#deps.postgres.transaction(async (tx) => {
      const run = await this.#store.lock(tx, id);
      if (run === undefined) return;
      const waves = await this.#store.waves(tx, id);
      const now = new Date(this.#deps.clock.now());
      if (waves.every(hasEnded)) return this.#finish(tx, run, course, now);
      if (run.state === "cancelled") return this.#callBack(tx, run, course, now);
      if (run.state === "running" || run.state === "approval") await this.#store.letPass(tx, id, run.approved);
      if (run.state !== "running" || (run.starts_at !== null && run.starts_at > now)) return;
      const current = waves.find(({ wave }) => wave === run.wave);
      const why = current === undefined || run.accepted_wave >= run.wave ? null : whyStop(current, run.limits);
      if (why !== null) return this.#pause(tx, run, why);
      if (current !== undefined && hasEnded(current)) {
        run.wave = waves.find((one) => !hasEnded(one))?.wave ?? run.wave;
        await this.#store.change(tx, id, { wave: run.wave });
        this.#tell(tx, id);
      }
      const queued = await this.#queue(tx, { run, course, waves }, now);
      if (queued === 0) await this.#ask(tx, { run, course, waves });
    });
  }

  async #finish(tx: Tx, run: RunRow, { outline }: Course, at: Date): Promise<void> {
    const state = run.state === "cancelled" ? "cancelled" : "finished";
    const change = { state, finished_at: at, paused_because: null, asked_step: null } as const;
    const restores = state === "cancelled" ? restoresIn(outline) : [];
    const putBack = restores.length === 0 ? undefined : await this.#store.putBack(tx, run.id, restores);
    await this.#store.change(
      tx,
      run.id,
      putBack === undefined ? change : { ...change, put_back: JSON.stringify(putBack) },
    );
    this.#tell(tx, run.id);
  }

  /** Ends what waits, and sends for devices whose power is to be put back. */
  async #callBack(tx: Tx, run: RunRow, { lane, powerMovers }: Course, now: Date): Promise<void> {
    const movers = run.leaves_power ? [] : powerMovers;
    await this.#store.cancel(tx, run.id, now, movers);
    if (movers.length === 0) return;
    await this.#send(tx, { id: run.id, lane }, await this.#store.queuePutBack(tx, run.id, mostQueued, now));
  }

  async #pause(tx: Tx, run: RunRow, why: string): Promise<void> {
    await this.#store.change(tx, run.id, { state: "paused", paused_because: why });
    const summary = `Paused "${run.title}" by itself: ${why}`;
    await this.#deps.audit.write(tx, { actor: "vigil", action: "run.paused", summary, details: { run: run.id, why } });
    this.#tell(tx, run.id);
  }

  async #queue(tx: Tx, { run, course, waves }: Fed, now: Date): Promise<number> {
    const { id, limits, wave, next_begin_at: nextBeginAt } = run;
    const due = await this.#store.queueDue(tx, id, mostQueued, now);
    const room = roomFor({ limits, wave, nextBeginAt }, waves, now.getTime());
    const fleet = course.isDisruptive ? this.#deps.fleetLimits : {};
    const count = room.count > 0 ? Math.min(room.count, await this.#roomInFleet(tx, fleet)) : 0;
    const { disruptiveAtOncePerSite: fleetPerSite } = fleet;
    const perSite = limits.atOncePerSite ?? fleetPerSite;
    let fresh: readonly string[] = [];
    if (count > 0)
      fresh =
        perSite === undefined
          ? await this.#store.queueFresh(tx, id, wave, count, now)
          : await this.#store.queueFreshBySite(tx, id, wave, {
              count,
              perSite,
              now,
              ...(fleetPerSite === undefined ? {} : { fleetPerSite }),
            });
    if (room.nextBeginAt !== null && fresh.length > 0)
      await this.#store.change(tx, id, { next_begin_at: room.nextBeginAt });
    const all = [...due, ...fresh];
    await this.#send(tx, { id, lane: course.lane }, all);
    return all.length;
  }

  /** How many devices more the fleet's limits let begin, whatever other runs there are. */
  async #roomInFleet(tx: Tx, { disruptiveAtOnce, disruptiveAtOncePerSite }: FleetLimits): Promise<number> {
    if (disruptiveAtOnce === undefined && disruptiveAtOncePerSite === undefined) return Infinity;
    const underWay = await this.#store.disruptiveUnderWay(tx);
    return Math.max(0, (disruptiveAtOnce ?? Infinity) - underWay);
  }

  async #send(
    tx: Tx,
    { id, lane }: { readonly id: string; readonly lane: ItemLane },
    devices: readonly string[],
  ): Promise<void> {
    if (devices.length === 0) return;
    const items = devices.map((device) => ({ run: id, device }));
    await this.#deps.work.sendMany(itemLanes[lane], items, { tx });
  }

  /** Where nothing goes on but what stands at an approval step, a second person is asked. */
  async #ask(tx: Tx, { run, course, waves }: Fed): Promise<void> {
    const isAtStep = run.asked_step !== null;
    if (!course.hasApproval || waves.every(({ running }) => running === 0)) return;
    const { step, others } = await this.#store.standing(tx, run.id);
    if (step === null) return;
    const isStill = others === 0 && waves.every(({ queued }) => queued === 0);
    if (isAtStep && !isStill) return;
    await this.#store.change(tx, run.id, { asked_step: step, ...(isStill ? { state: "approval" as const } : {}) });
    this.#tell(tx, run.id);
  }

  #tell(tx: Tx, id: string): void {
    tx.afterCommit(() => this.#deps.events.publish({ kind: "run", id }));
  }
}
