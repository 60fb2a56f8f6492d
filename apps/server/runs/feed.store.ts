import { sql, type Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import { disruptivePath } from "./fleet-limits.ts";
import type { PutBack } from "./run.ts";
import { longestLookMs } from "./steps/wait-for.ts";
import type { RunRow, RunsTables, WaveRow } from "./tables.ts";

/** The longest that anything of a put-back waits: the next try, a machine that is in its switch, the next look at what still goes on. */
const longestPutBackWaitMs = longestLookMs;

/** Whoever counts devices under way in several runs holds it. Chosen: any number that nobody else takes. */
const fleetLock = 7_236_001;
const openDisruptive = sql`
  select id from runs where finished_at is null and jsonb_path_exists(definition, ${disruptivePath}::jsonpath)`;

/** What moves with a run as a whole: which devices come next, and where it stands. */
export class FeedStore {
  readonly #db: Kysely<RunsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<RunsTables>();
  }

  /** Runs that have not ended. */
  async open(): Promise<readonly string[]> {
    const rows = await this.#db.selectFrom("runs").select("id").where("finished_at", "is", null).execute();
    return rows.map(({ id }) => id);
  }

  /** The run, for this transaction alone; undefined when it has ended or somebody else has it. */
  lock(tx: Tx, run: string): Promise<RunRow | undefined> {
    return tables<RunsTables>(tx)
      .selectFrom("runs")
      .selectAll()
      .where("id", "=", run)
      .where("finished_at", "is", null)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
  }

  waves(tx: Tx, run: string): Promise<WaveRow[]> {
    return tables<RunsTables>(tx).selectFrom("run_waves").selectAll().where("run", "=", run).orderBy("wave").execute();
  }

  async change(
    tx: Tx,
    run: string,
    change: Partial<
      Pick<
        RunRow,
        | "state"
        | "paused_because"
        | "wave"
        | "accepted_wave"
        | "next_begin_at"
        | "asked_first"
        | "asked_step"
        | "approved"
        | "leaves_power"
      > & { finished_at: Date; put_back: string }
    >,
  ): Promise<void> {
    await tables<RunsTables>(tx).updateTable("runs").set(change).where("id", "=", run).execute();
  }

  /** Queues devices of a wave that have not begun. @returns which */
  async queueFresh(tx: Tx, run: string, wave: number, count: number, now: Date): Promise<readonly string[]> {
    const { rows } = await sql<{ device: string }>`
      update run_items set is_queued = true, turn = turn + 1
      where run = ${run} and device in (
        select device from run_items
        where run = ${run} and wave = ${wave} and finished_at is null and not is_queued and outcome = 'waiting'
          and (wake_at is null or wake_at <= ${now})
        limit ${count})
      returning device`.execute(tables<RunsTables>(tx));
    return this.#queued(tx, run, wave, rows);
  }

  /** As queueFresh(), with no more than so many of one site under way at once: in this run, and in all runs that the fleet's limits bound. */
  async queueFreshBySite(
    tx: Tx,
    run: string,
    wave: number,
    how: { readonly count: number; readonly perSite: number; readonly fleetPerSite?: number; readonly now: Date },
  ): Promise<readonly string[]> {
    const { count, perSite, fleetPerSite, now } = how;
    const others = fleetPerSite === undefined ? sql`false` : sql`run in (${openDisruptive})`;
    const { rows } = await sql<{ device: string }>`
      with busy as (
        select site, count(*) filter (where run = ${run}) as own, count(*) as every from run_items
        where (run = ${run} or ${others}) and finished_at is null and (is_queued or outcome = 'running') group by site
      ), ranked as (
        select device, site, row_number() over (partition by site order by device) as rank from run_items
        where run = ${run} and wave = ${wave} and finished_at is null and not is_queued and outcome = 'waiting'
          and (wake_at is null or wake_at <= ${now})
      )
      update run_items set is_queued = true, turn = turn + 1
      where run = ${run} and device in (
        select device from ranked left join busy using (site)
        where rank <= least(${perSite} - coalesce(own, 0), ${fleetPerSite ?? perSite} - coalesce(every, 0)) limit ${count})
      returning device`.execute(tables<RunsTables>(tx));
    return this.#queued(tx, run, wave, rows);
  }

  /** Devices under way in all runs that the fleet's limits bound. Nobody else counts them until the transaction ends: of two who see room one waits. */
  async disruptiveUnderWay(tx: Tx): Promise<number> {
    const db = tables<RunsTables>(tx);
    await sql`select pg_advisory_xact_lock(${fleetLock})`.execute(db);
    const { rows } = await sql<{ count: number }>`
      select coalesce(sum(queued + running), 0)::integer as count from run_waves where run in (${openDisruptive})`.execute(
      db,
    );
    return rows[0]?.count ?? 0;
  }

  async #queued(
    tx: Tx,
    run: string,
    wave: number,
    rows: readonly { readonly device: string }[],
  ): Promise<readonly string[]> {
    if (rows.length > 0)
      await tables<RunsTables>(tx)
        .updateTable("run_waves")
        .set((of) => ({ queued: of("queued", "+", rows.length) }))
        .where("run", "=", run)
        .where("wave", "=", wave)
        .execute();
    return rows.map(({ device }) => device);
  }

  /** Queues devices that have begun and for which there is something to do again. @returns which */
  async queueDue(tx: Tx, run: string, count: number, now: Date): Promise<readonly string[]> {
    const { rows } = await sql<{ device: string }>`
      update run_items set is_queued = true, wake_at = null, turn = turn + 1
      where run = ${run} and device in (
        select device from run_items
        where run = ${run} and finished_at is null and not is_queued and outcome = 'running' and waits_for is null
          and (wake_at is null or wake_at <= ${now})
        limit ${count})
      returning device`.execute(tables<RunsTables>(tx));
    return rows.map(({ device }) => device);
  }

  /**
   * Queues devices of a cancelled run that are still open: their power is put back. One that was to wake later than any step of that waits was
   * written down before the run was cancelled.
   * @returns which
   */
  async queuePutBack(tx: Tx, run: string, count: number, now: Date): Promise<readonly string[]> {
    const latest = new Date(now.getTime() + longestPutBackWaitMs);
    const { rows } = await sql<{ device: string }>`
      update run_items set is_queued = true, wake_at = null, waits_for = null, turn = turn + 1
      where run = ${run} and device in (
        select device from run_items
        where run = ${run} and finished_at is null and not is_queued and outcome = 'running'
          and (wake_at is null or wake_at <= ${now} or wake_at > ${latest} or waits_for is not null)
        limit ${count})
      returning device`.execute(tables<RunsTables>(tx));
    return rows.map(({ device }) => device);
  }

  /** What came of putting power back on the devices of a cancelled run. @param restores the steps that do it */
  async putBack(tx: Tx, run: string, restores: readonly number[]): Promise<PutBack> {
    const { rows } = await sql<PutBack>`
      with last as (
        select distinct on (s.device) s.outcome from run_steps s join run_items i on i.run = s.run and i.device = s.device
        where s.run = ${run} and i.outcome = 'cancelled' and s.outcome <> 'skipped'
          and s.position = any(${[...restores]}::integer[])
        order by s.device, s.position desc, s.attempt desc
      )
      select count(*) filter (where outcome = 'succeeded')::integer as succeeded,
        count(*) filter (where outcome = 'failed')::integer as failed,
        count(*) filter (where outcome not in ('succeeded', 'failed'))::integer as unknown
      from last`.execute(tables<RunsTables>(tx));
    return rows[0] ?? { succeeded: 0, failed: 0, unknown: 0 };
  }

  /** Devices that stand at an approval step, and how many others may still come on by themselves. */
  async standing(tx: Tx, run: string): Promise<{ readonly step: number | null; readonly others: number }> {
    const { rows } = await sql<{ step: number | null; others: number }>`
      select min(waits_for) as step, count(*) filter (where waits_for is null and outcome = 'running') as others
      from run_items where run = ${run} and finished_at is null and outcome = 'running'`.execute(
      tables<RunsTables>(tx),
    );
    return { step: rows[0]?.step ?? null, others: Number(rows[0]?.others ?? 0) };
  }

  /** Those that stand at a step that somebody has let pass go on. */
  async letPass(tx: Tx, run: string, approved: readonly number[]): Promise<void> {
    if (approved.length === 0) return;
    await tables<RunsTables>(tx)
      .updateTable("run_items")
      .set((of) => ({ waits_for: null, wake_at: null, turn: of("turn", "+", 1) }))
      .where("run", "=", run)
      .where("finished_at", "is", null)
      .where("waits_for", "in", [...approved])
      .execute();
  }

  /**
   * Ends what waits: in a run that was cancelled.
   * @param powerMovers steps after which a device is not ended here: it gets back the power that it had
   * @returns how many had not begun
   */
  async cancel(tx: Tx, run: string, at: Date, powerMovers: readonly number[]): Promise<number> {
    const { rows } = await sql<{ wave: number; fresh: number; begun: number }>`
      with ended as (
        update run_items i set outcome = 'cancelled', finished_at = ${at}, turn = i.turn + 1, is_queued = false
        from run_items before
        where before.run = i.run and before.device = i.device and i.run = ${run} and i.finished_at is null
          and (i.outcome = 'waiting' or (i.outcome = 'running' and not i.is_queued and not (
            i.power_before is not null and exists (
              select from run_steps s where s.run = i.run and s.device = i.device
                and s.position = any(${[...powerMovers]}::integer[]) and s.outcome not in ('waiting', 'skipped')))))
        returning i.wave, before.outcome
      ), change as (
        select wave, count(*) filter (where outcome = 'waiting') as fresh,
          count(*) filter (where outcome = 'running') as begun from ended group by wave
      )
      update run_waves w set queued = 0, waiting = w.waiting - c.fresh, running = w.running - c.begun,
        cancelled = w.cancelled + c.fresh + c.begun
      from change c where w.run = ${run} and w.wave = c.wave returning w.wave, c.fresh, c.begun`.execute(
      tables<RunsTables>(tx),
    );
    return rows.reduce((sum, { fresh }) => sum + Number(fresh), 0);
  }
}
