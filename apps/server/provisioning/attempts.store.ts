import { sql, type ColumnType, type Kysely, type Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { EntryLane } from "./entry.ts";
import type { AttemptNote } from "./trail.ts";

export type AttemptOutcome = "running" | "done" | "postponed" | "failed" | "interrupted";

/** One try to bring a device to provisioned. */
export interface Attempt {
  readonly uuid: string;
  /** 1 at the device's first. */
  readonly number: number;
  readonly address: string;
  readonly lane: EntryLane;
  /** "postponed": tried again later; "interrupted": the server stopped in the middle. */
  readonly outcome: AttemptOutcome;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly error: ErrorReport | null;
  readonly notes: readonly AttemptNote[];
}

interface AttemptTable {
  readonly uuid: string;
  readonly number: number;
  readonly address: string;
  readonly lane: EntryLane;
  outcome: AttemptOutcome;
  readonly started_at: Date;
  ended_at: Date | null;
  error: ColumnType<ErrorReport | null, string | null, string | null>;
  notes: ColumnType<readonly AttemptNote[], string | undefined, string>;
}

interface AttemptTables {
  readonly provisioning_attempts: AttemptTable;
}

export class AttemptsStore {
  readonly #db: Kysely<AttemptTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<AttemptTables>();
  }

  /** @returns its number */
  async begin(tx: Tx, one: Pick<Attempt, "uuid" | "address" | "lane" | "startedAt">): Promise<number> {
    const { uuid, address, lane, startedAt } = one;
    const { number } = await tables<AttemptTables>(tx)
      .insertInto("provisioning_attempts")
      .values((of) => ({
        uuid,
        number: of
          .selectFrom("provisioning_attempts")
          .select(sql<number>`coalesce(max(number), 0) + 1`.as("next"))
          .where("uuid", "=", uuid),
        address,
        lane,
        outcome: "running" as const,
        started_at: startedAt,
        ended_at: null,
        error: null,
      }))
      .returning("number")
      .executeTakeFirstOrThrow();
    return number;
  }

  /** Those before that one never ended: their process died. */
  async interrupt(tx: Tx, uuid: string, before: number): Promise<void> {
    await tables<AttemptTables>(tx)
      .updateTable("provisioning_attempts")
      .set({ outcome: "interrupted" })
      .where("uuid", "=", uuid)
      .where("number", "<", before)
      .where("outcome", "=", "running")
      .execute();
  }

  async forget(tx: Tx, uuid: string, upTo: number): Promise<void> {
    await tables<AttemptTables>(tx)
      .deleteFrom("provisioning_attempts")
      .where("uuid", "=", uuid)
      .where("number", "<=", upTo)
      .execute();
  }

  async forgetBefore(at: Date): Promise<void> {
    await this.#db.deleteFrom("provisioning_attempts").where("started_at", "<", at).execute();
  }

  /** What attempts that are under way have done so far; one that has ended keeps what it ended with. */
  async keep(all: readonly Pick<Attempt, "uuid" | "number" | "notes">[]): Promise<void> {
    const given = sql`
      select * from unnest(
        ${all.map(({ uuid }) => uuid)}::uuid[],
        ${all.map(({ number }) => number)}::integer[],
        ${all.map(({ notes }) => JSON.stringify(notes))}::text[]
      ) as one (uuid, number, notes)`;
    await sql`
      update provisioning_attempts as kept set notes = given.notes::jsonb
      from (${given}) as given
      where kept.uuid = given.uuid and kept.number = given.number and kept.outcome = 'running'`.execute(this.#db);
  }

  async end(
    tx: Tx,
    { uuid, number }: Pick<Attempt, "uuid" | "number">,
    how: Pick<Attempt, "outcome" | "endedAt" | "error" | "notes">,
  ): Promise<void> {
    await tables<AttemptTables>(tx)
      .updateTable("provisioning_attempts")
      .set({
        outcome: how.outcome,
        ended_at: how.endedAt,
        error: how.error === null ? null : JSON.stringify(how.error),
        notes: JSON.stringify(how.notes),
      })
      .where("uuid", "=", uuid)
      .where("number", "=", number)
      .execute();
  }

  /** Newest first. */
  async list(uuid: string, limit: number): Promise<Attempt[]> {
    const query = this.#db.selectFrom("provisioning_attempts").selectAll().where("uuid", "=", uuid);
    return (await query.orderBy("number", "desc").limit(limit).execute()).map(attemptOf);
  }
}

function attemptOf(row: Selectable<AttemptTable>): Attempt {
  const { uuid, number, address, lane, outcome, started_at, ended_at, error, notes } = row;
  return { uuid, number, address, lane, outcome, startedAt: started_at, endedAt: ended_at, error, notes };
}
