import { sql, type Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import { fail } from "./errors.ts";
import type { OperationName, Outcome } from "./run.ts";
import type { ItemRow, RunRow, RunsTables, StepRow, WaveRow } from "./tables.ts";
import type { WaveCounts } from "./waves.ts";

export type NewItem = Pick<ItemRow, "device" | "host_name" | "address" | "wave" | "site" | "wake_at">;

/** One device's share of an ended run, for its timeline. */
export interface PastRow extends ItemRow {
  readonly title: string;
  readonly operation: OperationName | null;
  readonly started_by: string;
}

export interface StepCount {
  readonly position: number;
  readonly outcome: StepRow["outcome"];
  readonly has_ended: boolean;
  readonly count: number;
}

export interface ResultFilter {
  readonly outcome?: Outcome;
  readonly devices?: readonly string[];
  readonly limit: number;
  readonly offset: number;
}

/** Rows in one insert. Chosen: a few hundred bytes each keep a statement well under ten megabytes. */
const insertSize = 10_000;

/** Runs, and what became of each device. What moves while they go on stands in moves.store.ts and feed.store.ts. */
export class RunsStore {
  readonly #db: Kysely<RunsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<RunsTables>();
  }

  async insert(tx: Tx, run: RunRow, items: readonly NewItem[], waves: readonly number[]): Promise<void> {
    const db = tables<RunsTables>(tx);
    const { definition, limits } = run;
    await db
      .insertInto("runs")
      .values({ ...run, definition: JSON.stringify(definition), limits: JSON.stringify(limits), put_back: null })
      .execute();
    for (let from = 0; from < items.length; from += insertSize) {
      const rows = JSON.stringify(items.slice(from, from + insertSize));
      await sql`
        insert into run_items (run, device, host_name, address, outcome, wave, site, wake_at)
        select ${run.id}::uuid, device, host_name, address, 'waiting', wave, site, wake_at
        from jsonb_to_recordset(${rows}::jsonb) as x(
          device uuid, host_name text, address text, wave integer, site text, wake_at timestamptz)`.execute(db);
    }
    const none = { queued: 0, running: 0, succeeded: 0, failed: 0, unknown: 0, cancelled: 0 };
    const counts: WaveRow[] = waves.map((total, index) => {
      return { run: run.id, wave: index + 1, total, waiting: total, ...none };
    });
    await db.insertInto("run_waves").values(counts).execute();
  }

  get(run: string): Promise<RunRow | undefined> {
    return this.#db.selectFrom("runs").selectAll().where("id", "=", run).executeTakeFirst();
  }

  /** @throws runs.unknown (caller) */
  async known(run: string): Promise<RunRow> {
    const row = isId(run) ? await this.get(run) : undefined;
    if (row === undefined) throw fail("runs.unknown", { details: { run } });
    return row;
  }

  /** The run, which nobody else changes until the transaction ends. */
  lock(tx: Tx, run: string): Promise<RunRow> {
    const query = tables<RunsTables>(tx).selectFrom("runs").selectAll().where("id", "=", run);
    return query.forUpdate().executeTakeFirstOrThrow();
  }

  /** Newest first. */
  runs(filter: { readonly ids?: readonly string[]; readonly limit: number }): Promise<RunRow[]> {
    let query = this.#db.selectFrom("runs").selectAll();
    if (filter.ids !== undefined) query = query.where("id", "in", [...filter.ids]);
    return query.orderBy("created_at", "desc").orderBy("id").limit(filter.limit).execute();
  }

  async wavesOf(runs: readonly string[]): Promise<ReadonlyMap<string, readonly WaveCounts[]>> {
    if (runs.length === 0) return new Map();
    const query = this.#db
      .selectFrom("run_waves")
      .selectAll()
      .where("run", "in", [...runs]);
    return Map.groupBy(await query.orderBy("wave").execute(), ({ run }) => run);
  }

  async count(): Promise<number> {
    const row = await this.#db
      .selectFrom("runs")
      .select((of) => of.fn.countAll<number>().as("count"))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async openCount(): Promise<number> {
    const row = await this.#db
      .selectFrom("runs")
      .select((of) => of.fn.countAll<number>().as("count"))
      .where("finished_at", "is", null)
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  /** Failures first, then what is unknown, running, waiting, and what succeeded; by host name. */
  async results(
    run: string,
    filter: ResultFilter,
  ): Promise<{ readonly items: readonly ItemRow[]; readonly total: number }> {
    let query = this.#db.selectFrom("run_items").where("run", "=", run);
    if (filter.outcome !== undefined) query = query.where("outcome", "=", filter.outcome);
    if (filter.devices !== undefined) query = query.where("device", "in", [...filter.devices]);
    const items = await query
      .selectAll()
      .orderBy(sql`array_position(array['failed','unknown','running','waiting','cancelled','succeeded'], outcome)`)
      .orderBy("host_name")
      .orderBy("device")
      .limit(filter.limit)
      .offset(filter.offset)
      .execute();
    const { count } = await query.select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
    return { items, total: Number(count) };
  }

  /** Every try of every step of one device that has a row. */
  stepsOf(run: string, device: string): Promise<StepRow[]> {
    const query = this.#db.selectFrom("run_steps").selectAll().where("run", "=", run).where("device", "=", device);
    return query.orderBy("position").orderBy("attempt").execute();
  }

  /** Devices by the step, the outcome of its last try there, and whether they have ended. A device that never came to a step is not in it. */
  async stepCounts(run: string): Promise<readonly StepCount[]> {
    const { rows } = await sql<StepCount>`
      select position, last.outcome, finished_at is not null as has_ended, count(*)::integer as count
      from (
        select distinct on (device, position) device, position, outcome
        from run_steps where run = ${run}::uuid order by device, position, attempt desc
      ) as last
      join run_items on run_items.run = ${run}::uuid and run_items.device = last.device
      group by 1, 2, 3`.execute(this.#db);
    return rows;
  }

  /** What runs did to a device, newest first. */
  pastOf(device: string, limit: number): Promise<PastRow[]> {
    return this.#db
      .selectFrom("run_items")
      .innerJoin("runs", "runs.id", "run_items.run")
      .selectAll("run_items")
      .select(["runs.title", "runs.operation", "runs.started_by"])
      .where("device", "=", device)
      .where("run_items.finished_at", "is not", null)
      .orderBy("run_items.finished_at", "desc")
      .limit(limit)
      .execute();
  }

  /** Removes one run that ended before; its devices' shares go with it. @returns which */
  async removeEnded(tx: Tx, before: Date): Promise<{ readonly id: string; readonly title: string } | undefined> {
    const db = tables<RunsTables>(tx);
    return db
      .deleteFrom("runs")
      .where("id", "in", (of) =>
        of.selectFrom("runs").select("id").where("finished_at", "<", before).orderBy("finished_at").limit(1),
      )
      .returning(["id", "title"])
      .executeTakeFirst();
  }
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}
