import { sql, type ColumnType, type Kysely, type Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { TrustedHash } from "../credentials/credentials.ts";
import type { Entry, EntryState } from "./entry.ts";

/** jsonb: read as what it holds, written as text. */
type Json<T, Nullable = never> = ColumnType<T | Nullable, string | Nullable, string | Nullable>;

interface EntryTable {
  readonly uuid: string;
  address: string;
  hashes: Json<readonly TrustedHash[]>;
  /** A digest of `hashes`, made by the database. */
  readonly root_set: ColumnType<string, never, never>;
  state: EntryState;
  step: string | null;
  attempts: number;
  error: Json<ErrorReport, null>;
  updated_at: Date;
}

interface ProvisioningTables {
  readonly provisioning_entries: EntryTable;
}

/** What a hello said. */
export interface Asked {
  readonly uuid: string;
  readonly address: string;
  readonly hashes: readonly TrustedHash[];
  readonly at: Date;
}

export class ProvisioningStore {
  readonly #db: Kysely<ProvisioningTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<ProvisioningTables>();
  }

  async get(uuid: string, tx?: Tx): Promise<Entry | undefined> {
    const db = tx === undefined ? this.#db : tables<ProvisioningTables>(tx);
    const row = await db.selectFrom("provisioning_entries").selectAll().where("uuid", "=", uuid).executeTakeFirst();
    return row === undefined ? undefined : entryOf(row);
  }

  /** The device waits for its turn; what an earlier hello said is replaced. @returns a digest of the list of roots */
  async ask(tx: Tx, { uuid, address, hashes, at }: Asked): Promise<{ readonly rootSet: string }> {
    const said = { address, hashes: JSON.stringify(hashes), state: "waiting" as const, updated_at: at };
    const { root_set } = await tables<ProvisioningTables>(tx)
      .insertInto("provisioning_entries")
      .values({ ...said, uuid, step: null, attempts: 0, error: null })
      .onConflict((one) => one.column("uuid").doUpdateSet({ ...said, attempts: 0 }))
      .returning("root_set")
      .executeTakeFirstOrThrow();
    return { rootSet: root_set };
  }

  async begin(tx: Tx, uuid: string, at: Date): Promise<void> {
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({ state: "running", attempts: sql`attempts + 1`, updated_at: at })
      .where("uuid", "=", uuid)
      .execute();
  }

  async setStep(tx: Tx, uuid: string, step: string, at: Date): Promise<void> {
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({ step, updated_at: at })
      .where("uuid", "=", uuid)
      .execute();
  }

  /** @param error undefined when there is none any more */
  async end(tx: Tx, uuid: string, state: EntryState, error: ErrorReport | undefined, at: Date): Promise<void> {
    const rest = state === "done" ? { step: null } : {};
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({ ...rest, state, error: error === undefined ? null : JSON.stringify(error), updated_at: at })
      .where("uuid", "=", uuid)
      .execute();
  }

  async list(state: EntryState | undefined, limit: number): Promise<Entry[]> {
    let query = this.#db.selectFrom("provisioning_entries").selectAll();
    query = state === undefined ? query.where("state", "<>", "done") : query.where("state", "=", state);
    const rows = await query.orderBy("updated_at", "desc").orderBy("uuid").limit(limit).execute();
    return rows.map(entryOf);
  }

  /** Each list of roots that a device has sent, by its digest. */
  async rootSets(): Promise<ReadonlyMap<string, readonly TrustedHash[]>> {
    const rows = await this.#db
      .selectFrom("provisioning_entries")
      .distinctOn("root_set")
      .select(["root_set", "hashes"])
      .orderBy("root_set")
      .execute();
    return new Map(rows.map(({ root_set, hashes }) => [root_set, hashes]));
  }

  async unfinished(): Promise<string[]> {
    const query = this.#db
      .selectFrom("provisioning_entries")
      .select("uuid")
      .where("state", "in", ["waiting", "running"]);
    return (await query.execute()).map(({ uuid }) => uuid);
  }

  async counts(): Promise<Readonly<Record<EntryState, number>>> {
    const rows = await this.#db
      .selectFrom("provisioning_entries")
      .select(["state", (of) => of.fn.countAll<number>().as("count")])
      .groupBy("state")
      .execute();
    const counts = { waiting: 0, running: 0, failed: 0, done: 0 };
    for (const { state, count } of rows) counts[state] = Number(count);
    return counts;
  }
}

function entryOf(row: Selectable<EntryTable>): Entry {
  const { uuid, address, hashes, state, step, attempts, error, updated_at } = row;
  return { uuid, address, hashes, state, step, attempts, error, updatedAt: updated_at };
}
