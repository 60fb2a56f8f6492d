import { sql, type ColumnType, type Kysely, type Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { Fire, ScheduleSettings, WindowSettings } from "./schedule.ts";

/** jsonb: read as what it holds, written as text. */
type Json<T> = ColumnType<T, string, string>;

interface SchedulesTables {
  readonly schedules: {
    readonly name: string;
    settings: Json<ScheduleSettings>;
    maintenance_window: string | null;
    next_at: Date | null;
    changed_at: Date;
    changed_by: string;
  };
  readonly maintenance_windows: {
    readonly name: string;
    settings: Json<WindowSettings>;
    changed_at: Date;
    changed_by: string;
  };
  readonly schedule_fires: {
    /** The run's, too. */
    readonly id: string;
    readonly schedule: string;
    readonly due_at: Date;
    readonly at: Date;
    outcome: Fire["outcome"];
    error: ColumnType<ErrorReport | null, string | null | undefined, string | null>;
  };
}

export type ScheduleRow = Selectable<SchedulesTables["schedules"]>;
export type WindowRow = Selectable<SchedulesTables["maintenance_windows"]>;
export type FireRow = Selectable<SchedulesTables["schedule_fires"]>;

export class SchedulesStore {
  readonly #db: Kysely<SchedulesTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<SchedulesTables>();
  }

  list(): Promise<ScheduleRow[]> {
    return this.#db.selectFrom("schedules").selectAll().orderBy("name").execute();
  }

  /** Letter case aside; in a transaction nobody else changes it until that ends. */
  get(name: string, tx?: Tx): Promise<ScheduleRow | undefined> {
    const query = this.#in(tx)
      .selectFrom("schedules")
      .selectAll()
      .where(sql`lower(name)`, "=", name.toLowerCase());
    return (tx === undefined ? query : query.forUpdate()).executeTakeFirst();
  }

  /** @returns false when there is one of that name */
  async insert(tx: Tx, { settings, ...row }: ScheduleRow): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#in(tx)
      .insertInto("schedules")
      .values({ ...row, settings: JSON.stringify(settings) })
      .onConflict((one) => one.doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  async change(tx: Tx, name: string, { settings, ...row }: Partial<Omit<ScheduleRow, "name">>): Promise<void> {
    const values = { ...row, ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }) };
    await this.#in(tx).updateTable("schedules").set(values).where("name", "=", name).execute();
  }

  async remove(tx: Tx, name: string): Promise<void> {
    await this.#in(tx).deleteFrom("schedules").where("name", "=", name).execute();
  }

  /** Names of those whose time has come. */
  async due(at: Date): Promise<string[]> {
    const rows = await this.#db.selectFrom("schedules").select("name").where("next_at", "<=", at).execute();
    return rows.map(({ name }) => name);
  }

  windows(tx?: Tx): Promise<WindowRow[]> {
    return this.#in(tx).selectFrom("maintenance_windows").selectAll().orderBy("name").execute();
  }

  /** Letter case aside. */
  window(name: string, tx?: Tx): Promise<WindowRow | undefined> {
    return this.#in(tx)
      .selectFrom("maintenance_windows")
      .selectAll()
      .where(sql`lower(name)`, "=", name.toLowerCase())
      .executeTakeFirst();
  }

  async putWindow(tx: Tx, { settings, ...row }: WindowRow): Promise<void> {
    const values = { ...row, settings: JSON.stringify(settings) };
    await this.#in(tx)
      .insertInto("maintenance_windows")
      .values(values)
      .onConflict((one) => one.column("name").doUpdateSet(values))
      .execute();
  }

  async removeWindow(tx: Tx, name: string): Promise<void> {
    await this.#in(tx).deleteFrom("maintenance_windows").where("name", "=", name).execute();
  }

  /** Schedules that wait for it. */
  waitingFor(window: string, tx?: Tx): Promise<ScheduleRow[]> {
    const query = this.#in(tx).selectFrom("schedules").selectAll().where("maintenance_window", "=", window);
    return query.orderBy("name").execute();
  }

  /** Schedules that start the job of that name. */
  startingJob(tx: Tx, job: string): Promise<ScheduleRow[]> {
    const query = this.#in(tx).selectFrom("schedules").selectAll();
    return query
      .where(sql`settings->'work'->>'job'`, "=", job)
      .orderBy("name")
      .execute();
  }

  /** @returns false when that time was noted before */
  async insertFire(tx: Tx, row: Omit<FireRow, "error">): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#in(tx)
      .insertInto("schedule_fires")
      .values(row)
      .onConflict((one) => one.columns(["schedule", "due_at"]).doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  fire(id: string): Promise<FireRow | undefined> {
    return this.#db.selectFrom("schedule_fires").selectAll().where("id", "=", id).executeTakeFirst();
  }

  async endFire(tx: Tx, id: string, outcome: Fire["outcome"], error: ErrorReport | null): Promise<void> {
    await this.#in(tx)
      .updateTable("schedule_fires")
      .set({ outcome, error: error === null ? null : JSON.stringify(error) })
      .where("id", "=", id)
      .execute();
  }

  /** Newest first. */
  fires(schedule: string, limit: number): Promise<FireRow[]> {
    const query = this.#db.selectFrom("schedule_fires").selectAll().where("schedule", "=", schedule);
    return query.orderBy("due_at", "desc").limit(limit).execute();
  }

  async removeFires(before: Date): Promise<void> {
    await this.#db.deleteFrom("schedule_fires").where("due_at", "<", before).execute();
  }

  #in(tx: Tx | undefined): Kysely<SchedulesTables> {
    return tx === undefined ? this.#db : tables<SchedulesTables>(tx);
  }
}
