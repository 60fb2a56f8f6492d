import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Events } from "../events.ts";
import { outlineOf, powerMoversIn } from "./engine/outline.ts";
import { fail } from "./errors.ts";
import type { Feed } from "./feed.ts";
import type { FeedStore } from "./feed.store.ts";
import type { Run } from "./run.ts";
import type { RunsStore } from "./runs.store.ts";
import type { RunRow } from "./tables.ts";

export interface SteeringDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly events: Events;
  readonly clock: Clock;
  readonly store: RunsStore;
  readonly feedStore: FeedStore;
  readonly feed: Pick<Feed, "wake">;
  readonly show: (run: string) => Promise<Run>;
}

/**
 * What people do to a run that goes on. running <-> paused; approval -> running; all three -> cancelled. A run pauses, asks and ends by itself as well:
 * that is the feed's.
 */
export class Steering {
  readonly #deps: SteeringDeps;

  constructor(deps: SteeringDeps) {
    this.#deps = deps;
  }

  /** Steps under way end; nothing new begins. @throws runs.unknown, runs.state.wrong (caller) */
  async pause(actor: string, id: string): Promise<Run> {
    return this.#change(id, ["running"], async (tx, run) => {
      await this.#deps.feedStore.change(tx, id, { state: "paused", paused_because: `${actor} paused it` });
      await this.#note(tx, actor, "run.paused", `Paused "${run.title}"`, run);
    });
  }

  /** A paused run goes on: what it was paused for is accepted. @throws runs.unknown, runs.state.wrong (caller) */
  async resume(actor: string, id: string): Promise<Run> {
    return this.#change(id, ["paused"], async (tx, run) => {
      const state = run.asked_first ? "approval" : "running";
      await this.#deps.feedStore.change(tx, id, { state, paused_because: null, accepted_wave: run.wave });
      await this.#note(tx, actor, "run.resumed", `Resumed "${run.title}"`, run);
    });
  }

  /** A second person says yes. @throws runs.unknown, runs.state.wrong, runs.approval.own (caller) */
  async approve(actor: string, id: string): Promise<Run> {
    return this.#change(id, ["approval", "running"], async (tx, run) => {
      const { asked_first: isFirst, asked_step: step, approved } = run;
      if (!isFirst && step === null) throw fail("runs.state.wrong", { details: { run: id, state: run.state } });
      if (actor === run.started_by) throw fail("runs.approval.own", { details: { run: id, startedBy: actor } });
      const passed = isFirst || step === null ? approved : [...approved, step];
      const change = { state: "running", asked_first: false, approved: passed } as const;
      await this.#deps.feedStore.change(tx, id, isFirst ? change : { ...change, asked_step: null });
      await this.#note(tx, actor, "run.approved", `Approved "${run.title}", which ${run.started_by} started`, run);
    });
  }

  /**
   * Devices that have not been asked are left alone, and no further step begins. Where the definition puts power back, machines that this run has
   * switched get theirs, unless they are left as they are; who cancels a second time may still say so.
   * @throws runs.unknown (caller)
   */
  async cancel(actor: string, id: string, leavesPower = false): Promise<Run> {
    const row = await this.#deps.store.known(id);
    const isSaid = row.state === "cancelled" && (row.leaves_power || !leavesPower);
    if (row.finished_at !== null || isSaid) return this.#deps.show(id);
    const movers = leavesPower ? [] : powerMoversIn(outlineOf(row.definition));
    return this.#change(id, ["running", "paused", "approval", "cancelled"], async (tx, run) => {
      const none = { paused_because: null, asked_first: false, asked_step: null } as const;
      await this.#deps.feedStore.change(tx, id, { ...none, state: "cancelled", leaves_power: leavesPower });
      const count = await this.#deps.feedStore.cancel(tx, id, new Date(this.#deps.clock.now()), movers);
      const left = leavesPower ? ", and machines stay as they are" : "";
      const summary = `Cancelled "${run.title}": ${count} of ${run.total} devices are left alone${left}`;
      await this.#note(tx, actor, "run.cancelled", summary, run, { cancelled: count, leavesPower });
    });
  }

  /** Changes where a run stands, which nobody else does meanwhile. */
  async #change(
    id: string,
    from: readonly Run["state"][],
    change: (tx: Tx, run: RunRow) => Promise<void>,
  ): Promise<Run> {
    await this.#deps.store.known(id);
    await this.#deps.postgres.transaction(async (tx) => {
      const run = await this.#deps.store.lock(tx, id);
      if (!from.includes(run.state)) throw fail("runs.state.wrong", { details: { run: id, state: run.state } });
      await change(tx, run);
      tx.afterCommit(() => {
        this.#deps.events.publish({ kind: "run", id });
        this.#deps.feed.wake(id);
      });
    });
    return this.#deps.show(id);
  }

  #note(tx: Tx, actor: string, action: string, summary: string, run: RunRow, more: object = {}): Promise<void> {
    return this.#deps.audit.write(tx, { actor, action, summary, details: { run: run.id, ...more } });
  }
}
