import { sql, type Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import type { PowerState } from "../devices/devices.ts";
import type { Mark } from "./engine/walk.ts";
import type { Outcome, Run } from "./run.ts";
import type { ItemRow, RunsTables, StepRow, WaveRow } from "./tables.ts";

/** One change of one device's share of a run. It holds where nobody has changed it since it was read. */
export interface Move {
  readonly run: string;
  readonly device: string;
  /** Its count of changes when it was read. */
  readonly turn: number;
  readonly was: Outcome;
  readonly outcome: Outcome;
  /** A device is to be asked or told something after it: holds only while the run goes on. */
  readonly begins: boolean;
  readonly step: number | null;
  readonly powerBefore: PowerState | null;
  readonly answer: string | null;
  readonly error: ErrorReport | null;
  readonly isQueued: boolean;
  readonly wakeAt: Date | null;
  readonly waitsFor: number | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Steps that have moved with it. */
  readonly marks: readonly Mark[];
}

/** What became of a batch of moves. */
export interface Moved {
  /** Those that held: "run device". */
  readonly held: ReadonlySet<string>;
  /** Their runs, as they stood. */
  readonly states: ReadonlyMap<string, Run["state"]>;
  /** Waves whose counts changed. */
  readonly waves: readonly WaveRow[];
}

interface Answer {
  readonly held: readonly (readonly [run: string, device: string])[] | null;
  readonly states: Readonly<Record<string, Run["state"]>> | null;
  readonly waves: readonly WaveRow[] | null;
}

export function keyOf(one: { readonly run: string; readonly device: string }): string {
  return `${one.run} ${one.device}`;
}

/** What moves with every device of every run: one statement for many of them. */
export class MovesStore {
  readonly #db: Kysely<RunsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<RunsTables>();
  }

  /** Items, their steps and the counts of their waves, all in one statement, so that none is ever ahead of the other. */
  async write(moves: readonly Move[], tx?: Tx): Promise<Moved> {
    // The marks go by themselves; what the statement does not name it does not read.
    const items = moves.map((move) => ({ ...move, marks: undefined }));
    const marks = moves.flatMap(({ run, device, marks: all }) => all.map((mark) => ({ run, device, ...mark })));
    const db = tx === undefined ? this.#db : tables<RunsTables>(tx);
    const query = sql<Answer>`
      with asked as materialized (
        select x.*, runs.state
        from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as x(
          run uuid, device uuid, turn integer, was text, outcome text, begins boolean, step integer, "powerBefore" text,
          answer text, error jsonb, "isQueued" boolean, "wakeAt" timestamptz, "waitsFor" integer,
          "startedAt" timestamptz, "finishedAt" timestamptz)
        join runs on runs.id = x.run
      ), held as (
        update run_items i set
          outcome = x.outcome, turn = x.turn + 1, step = x.step, power_before = x."powerBefore", answer = x.answer,
          error = nullif(x.error, 'null'), is_queued = x."isQueued", wake_at = x."wakeAt", waits_for = x."waitsFor",
          started_at = x."startedAt", finished_at = x."finishedAt"
        from asked x
        where i.run = x.run and i.device = x.device and i.turn = x.turn and (x.state = 'running' or not x.begins)
        returning i.run, i.device, i.wave, x.was, i.outcome, i.is_queued
      ), change as (
        select run, wave,
          count(*) filter (where outcome = 'waiting' and is_queued) - count(*) filter (where was = 'waiting') as queued,
          count(*) filter (where outcome = 'waiting') - count(*) filter (where was = 'waiting') as waiting,
          count(*) filter (where outcome = 'running') - count(*) filter (where was = 'running') as running,
          count(*) filter (where outcome = 'succeeded') as succeeded,
          count(*) filter (where outcome = 'failed') as failed,
          count(*) filter (where outcome = 'unknown') as unknown,
          count(*) filter (where outcome = 'cancelled') as cancelled
        from held where was <> outcome or was = 'waiting' group by run, wave
      ), counted as (
        update run_waves w set
          queued = w.queued + c.queued, waiting = w.waiting + c.waiting, running = w.running + c.running,
          succeeded = w.succeeded + c.succeeded, failed = w.failed + c.failed, unknown = w.unknown + c.unknown,
          cancelled = w.cancelled + c.cancelled
        from change c where w.run = c.run and w.wave = c.wave returning w.*
      ), trail as (
        insert into run_steps
        select x.run, x.device, x.position, x.attempt, x.outcome, x.answer, nullif(x.error, 'null'), x."startedAt", x."finishedAt"
        from jsonb_to_recordset(${JSON.stringify(marks)}::jsonb) as x(
          run uuid, device uuid, position integer, attempt integer, outcome text, answer text, error jsonb,
          "startedAt" timestamptz, "finishedAt" timestamptz)
        join held on held.run = x.run and held.device = x.device
        on conflict (run, device, position, attempt) do update set
          outcome = excluded.outcome, answer = excluded.answer, error = excluded.error,
          started_at = excluded.started_at, finished_at = excluded.finished_at
      )
      select
        (select jsonb_agg(jsonb_build_array(run, device)) from held) as held,
        (select jsonb_object_agg(run, state) from (select distinct run, state from asked) as one) as states,
        (select jsonb_agg(to_jsonb(counted)) from counted) as waves`;
    const { rows } = await query.execute(db);
    const { held, states, waves } = rows[0] ?? { held: null, states: null, waves: null };
    return {
      held: new Set((held ?? []).map(([run, device]) => keyOf({ run, device }))),
      states: new Map(Object.entries(states ?? {})),
      waves: waves ?? [],
    };
  }

  /** Items as they stand, in the order in which they were asked for; undefined for what is not there. */
  async items(
    asked: readonly { readonly run: string; readonly device: string }[],
  ): Promise<readonly ({ readonly item: ItemRow; readonly steps: readonly StepRow[] } | undefined)[]> {
    const items = await this.#db
      .selectFrom("run_items")
      .selectAll()
      .where(sql<boolean>`(run, device) in ${pairsIn(asked)}`)
      .execute();
    const steps = await this.#db
      .selectFrom("run_steps")
      .selectAll()
      .where(sql<boolean>`(run, device) in ${pairsIn(asked)}`)
      .orderBy("position")
      .orderBy("attempt")
      .execute();
    const stepsOf = Map.groupBy(steps, keyOf);
    const itemOf = new Map(items.map((item) => [keyOf(item), item]));
    return asked.map((one) => {
      const item = itemOf.get(keyOf(one));
      return item === undefined ? undefined : { item, steps: stepsOf.get(keyOf(one)) ?? [] };
    });
  }
}

function pairsIn(asked: readonly { readonly run: string; readonly device: string }[]) {
  const pairs = JSON.stringify(asked.map(({ run, device }) => ({ run, device })));
  return sql`(select x.run, x.device from jsonb_to_recordset(${pairs}::jsonb) as x(run uuid, device uuid))`;
}
