import { sql, type ColumnType, type Kysely, type Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { ItemEnd, OperationName, Outcome, Parameters, Run, RunResult } from "./run.ts";

interface RunTable {
  readonly id: string;
  readonly title: string;
  readonly operation: OperationName;
  /** jsonb: read as what it holds, written as text. */
  readonly parameters: ColumnType<Parameters, string, never>;
  readonly target: string;
  readonly started_by: string;
  readonly reason: string | null;
  state: Run["state"];
  readonly total: number;
  readonly created_at: Date;
  finished_at: Date | null;
}

interface ItemTable {
  readonly run: string;
  readonly device: string;
  readonly host_name: string | null;
  readonly address: string;
  outcome: Outcome;
  answer: string | null;
  /** jsonb: read as what it holds, written as text. */
  error: ColumnType<ErrorReport | null, string | null, string | null>;
  started_at: Date | null;
  finished_at: Date | null;
}

interface RunsTables {
  readonly runs: RunTable;
  readonly run_items: ItemTable;
}

export type NewRun = Selectable<RunTable>;
/** What a run does on each device, and who wants it. */
export interface RunTask {
  readonly operation: OperationName;
  readonly parameters: Parameters;
  readonly startedBy: string;
}
export type NewItem = Pick<Selectable<ItemTable>, "device" | "host_name" | "address">;
/** One device's share of a finished or running run, for its timeline. */
export interface PastItem extends RunResult {
  readonly title: string;
  readonly operation: OperationName;
  readonly startedBy: string;
}

/** Rows in one insert: PostgreSQL takes 65,535 parameters, an item has 9. */
const insertSize = 2_000;

export class RunsStore {
  readonly #db: Kysely<RunsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<RunsTables>();
  }

  async insert(tx: Tx, run: NewRun, items: readonly NewItem[]): Promise<void> {
    const db = tables<RunsTables>(tx);
    await db
      .insertInto("runs")
      .values({ ...run, parameters: JSON.stringify(run.parameters) })
      .execute();
    const fresh = {
      run: run.id,
      outcome: "waiting",
      answer: null,
      error: null,
      started_at: null,
      finished_at: null,
    } as const;
    for (let from = 0; from < items.length; from += insertSize) {
      const rows = items.slice(from, from + insertSize).map((item) => ({ ...item, ...fresh }));
      await db.insertInto("run_items").values(rows).execute();
    }
  }

  taskOf(run: string): Promise<RunTask | undefined> {
    const query = this.#db.selectFrom("runs").select(["operation", "parameters", "started_by as startedBy"]);
    return query.where("id", "=", run).executeTakeFirst();
  }

  /** Waiting becomes running. @returns what it was before; undefined when there is no such item */
  async begin(run: string, device: string, at: Date): Promise<Outcome | undefined> {
    const begun = await this.#db
      .updateTable("run_items")
      .set({ outcome: "running", started_at: at })
      .where("run", "=", run)
      .where("device", "=", device)
      .where("outcome", "=", "waiting")
      .executeTakeFirst();
    if (begun.numUpdatedRows > 0n) return "waiting";
    const query = this.#db
      .selectFrom("run_items")
      .select("outcome")
      .where("run", "=", run)
      .where("device", "=", device);
    return (await query.executeTakeFirst())?.outcome;
  }

  /** The device was not told anything: it waits again. */
  async giveBack(run: string, device: string): Promise<void> {
    await this.#db
      .updateTable("run_items")
      .set({ outcome: "waiting", started_at: null })
      .where("run", "=", run)
      .where("device", "=", device)
      .where("outcome", "=", "running")
      .execute();
  }

  async end(tx: Tx, run: string, device: string, { outcome, answer, error }: ItemEnd, at: Date): Promise<void> {
    await tables<RunsTables>(tx)
      .updateTable("run_items")
      .set({ outcome, answer, error: error === null ? null : JSON.stringify(error), finished_at: at })
      .where("run", "=", run)
      .where("device", "=", device)
      .where("outcome", "=", "running")
      .execute();
  }

  /** One transaction at a time ends items of a run: two at once would each see the other's item still under way. */
  async lock(tx: Tx, run: string): Promise<void> {
    await tables<RunsTables>(tx).selectFrom("runs").select("id").where("id", "=", run).forUpdate().execute();
  }

  /** Ends the run when no item is left. Needs `lock` first in its transaction. */
  async settle(tx: Tx, run: string, at: Date): Promise<void> {
    await tables<RunsTables>(tx)
      .updateTable("runs")
      .set({ finished_at: at, state: sql`case state when 'running' then 'finished' else state end` })
      .where("id", "=", run)
      .where("finished_at", "is", null)
      .where((of) =>
        of.not(
          of.exists(
            of
              .selectFrom("run_items")
              .select("device")
              .where("run", "=", run)
              .where("outcome", "in", ["waiting", "running"]),
          ),
        ),
      )
      .execute();
  }

  /** Items that wait wait no more. @returns how many */
  async cancel(tx: Tx, run: string, at: Date): Promise<number> {
    const db = tables<RunsTables>(tx);
    const items = await db
      .updateTable("run_items")
      .set({ outcome: "cancelled", finished_at: at })
      .where("run", "=", run)
      .where("outcome", "=", "waiting")
      .executeTakeFirst();
    await db
      .updateTable("runs")
      .set({ state: "cancelled" })
      .where("id", "=", run)
      .where("state", "=", "running")
      .execute();
    return Number(items.numUpdatedRows);
  }

  /** Newest first. */
  async runs(filter: { readonly ids?: readonly string[]; readonly limit: number }): Promise<Run[]> {
    let query = this.#db.selectFrom("runs").selectAll();
    if (filter.ids !== undefined) query = query.where("id", "in", [...filter.ids]);
    const rows = await query.orderBy("created_at", "desc").orderBy("id").limit(filter.limit).execute();
    if (rows.length === 0) return [];
    const counts = await this.#db
      .selectFrom("run_items")
      .select(["run", "outcome", (of) => of.fn.countAll<number>().as("count")])
      .where(
        "run",
        "in",
        rows.map(({ id }) => id),
      )
      .groupBy(["run", "outcome"])
      .execute();
    return rows.map((row) =>
      runOf(
        row,
        counts.filter(({ run }) => run === row.id),
      ),
    );
  }

  async count(): Promise<number> {
    const row = await this.#db
      .selectFrom("runs")
      .select((of) => of.fn.countAll<number>().as("count"))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async runningCount(): Promise<number> {
    const row = await this.#db
      .selectFrom("runs")
      .select((of) => of.fn.countAll<number>().as("count"))
      .where("state", "=", "running")
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  /** Failures first, then what is unknown, running, waiting, and what succeeded; by host name. */
  async results(
    run: string,
    filter: {
      readonly outcome?: Outcome;
      readonly devices?: readonly string[];
      readonly limit: number;
      readonly offset: number;
    },
  ): Promise<{ readonly items: RunResult[]; readonly total: number }> {
    let query = this.#db.selectFrom("run_items").where("run", "=", run);
    if (filter.outcome !== undefined) query = query.where("outcome", "=", filter.outcome);
    if (filter.devices !== undefined) query = query.where("device", "in", [...filter.devices]);
    const rows = await query
      .selectAll()
      .orderBy(sql`array_position(array['failed','unknown','running','waiting','cancelled','succeeded'], outcome)`)
      .orderBy("host_name")
      .orderBy("device")
      .limit(filter.limit)
      .offset(filter.offset)
      .execute();
    const { count } = await query.select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
    return { items: rows.map(resultOf), total: Number(count) };
  }

  /** What runs did to a device, newest first. */
  async pastOf(device: string, limit: number): Promise<PastItem[]> {
    const rows = await this.#db
      .selectFrom("run_items")
      .innerJoin("runs", "runs.id", "run_items.run")
      .selectAll("run_items")
      .select(["runs.title", "runs.operation", "runs.started_by"])
      .where("device", "=", device)
      .where("run_items.finished_at", "is not", null)
      .orderBy("run_items.finished_at", "desc")
      .limit(limit)
      .execute();
    return rows.map((row) => {
      const { title, operation, started_by: startedBy } = row;
      return { ...resultOf(row), title, operation, startedBy };
    });
  }
}

function runOf(row: Selectable<RunTable>, found: readonly { outcome: Outcome; count: number }[]): Run {
  const counts = { waiting: 0, running: 0, succeeded: 0, failed: 0, unknown: 0, cancelled: 0 };
  for (const { outcome, count } of found) counts[outcome] = Number(count);
  return {
    id: row.id,
    title: row.title,
    operation: row.operation,
    parameters: { ...row.parameters },
    target: row.target,
    startedBy: row.started_by,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    total: row.total,
    counts,
  };
}

function resultOf(row: Selectable<ItemTable>): RunResult {
  return {
    uuid: row.device,
    hostName: row.host_name,
    address: row.address,
    outcome: row.outcome,
    answer: row.answer,
    error: row.error === null ? null : { ...row.error },
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
