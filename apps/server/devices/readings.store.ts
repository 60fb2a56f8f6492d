import type { Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

export interface ReadingRow {
  readonly device: string;
  /** "event-log", "audit-log", "hardware", "network", "accounts" or "certificates". */
  readonly kind: string;
  readonly read_at: Date;
  readonly body: unknown;
}

export interface LogEntryRow {
  readonly device: string;
  readonly log: string;
  readonly number: number;
  readonly at: Date;
  readonly severity: string | null;
  readonly source: string;
  readonly text: string;
  readonly who: string | null;
  readonly from_where: string | null;
  readonly data: string;
}

export interface LogPage {
  readonly search?: string;
  readonly severity?: string;
  readonly offset: number;
  readonly limit: number;
}

interface ReadingTables {
  readonly device_readings: ReadingRow;
  readonly device_log_entries: LogEntryRow;
}

/** Rows in one insert: PostgreSQL takes 65,535 parameters in a statement. */
const insertSize = 1_000;

export class ReadingsStore {
  readonly #db: Kysely<ReadingTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<ReadingTables>();
  }

  async reading(device: string, kind: string): Promise<Pick<ReadingRow, "read_at" | "body"> | undefined> {
    const query = this.#db.selectFrom("device_readings").select(["read_at", "body"]);
    return query.where("device", "=", device).where("kind", "=", kind).executeTakeFirst();
  }

  /** The row is locked until the transaction ends: two who read at once store one after the other. */
  async putReading(tx: Tx, { device, kind, read_at, body }: ReadingRow): Promise<void> {
    await tables<ReadingTables>(tx)
      .insertInto("device_readings")
      .values({ device, kind, read_at, body: JSON.stringify(body) })
      .onConflict((one) => one.columns(["device", "kind"]).doUpdateSet({ read_at, body: JSON.stringify(body) }))
      .execute();
  }

  /** Puts these entries in place of the ones that are there. */
  async replaceEntries(tx: Tx, device: string, log: string, rows: readonly LogEntryRow[]): Promise<void> {
    const db = tables<ReadingTables>(tx);
    await db.deleteFrom("device_log_entries").where("device", "=", device).where("log", "=", log).execute();
    for (let from = 0; from < rows.length; from += insertSize) {
      await db
        .insertInto("device_log_entries")
        .values(rows.slice(from, from + insertSize))
        .execute();
    }
  }

  /** Newest first. */
  async entries(
    device: string,
    log: string,
    { search, severity, offset, limit }: LogPage,
  ): Promise<{ readonly rows: LogEntryRow[]; readonly total: number }> {
    let query = this.#db.selectFrom("device_log_entries").where("device", "=", device).where("log", "=", log);
    if (severity !== undefined) query = query.where("severity", "=", severity);
    if (search !== undefined) {
      const like = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
      const columns = ["text", "source", "who", "from_where", "severity"] as const;
      query = query.where((one) => one.or(columns.map((column) => one(column, "ilike", like))));
    }
    const { total } = await query.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
    const rows = await query.selectAll().orderBy("number").offset(offset).limit(limit).execute();
    return { rows, total: Number(total) };
  }
}
