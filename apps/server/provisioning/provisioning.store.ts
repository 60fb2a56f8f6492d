import { sql, type ColumnType, type Kysely, type Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { SetupMethod } from "../devices/devices.ts";
import type { TrustedHash } from "../credentials/credentials.ts";
import type { Entry, EntryLane, EntryState } from "./entry.ts";

/** jsonb: read as what it holds, written as text. */
type Json<T, Nullable = never> = ColumnType<T | Nullable, string | Nullable, string | Nullable>;

interface EntryTable {
  readonly uuid: string;
  address: string;
  hashes: Json<readonly TrustedHash[]>;
  /** A digest of `hashes`, made by the database. */
  method: ColumnType<SetupMethod, SetupMethod | undefined, SetupMethod>;
  pid: string | null;
  readonly root_set: ColumnType<string, never, never>;
  state: EntryState;
  step: string | null;
  attempts: number;
  lane: ColumnType<EntryLane, EntryLane | undefined, EntryLane>;
  next_try_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  error: Json<ErrorReport, null>;
  updated_at: Date;
}

interface ProvisioningTables {
  readonly provisioning_entries: EntryTable;
  /** One row at most. */
  readonly provisioning_queue: {
    readonly only_row: ColumnType<boolean, boolean | undefined, never>;
    is_held: boolean;
    changed_by: string;
    changed_at: Date;
  };
}

/** What a hello said. */
export interface Asked {
  readonly uuid: string;
  readonly address: string;
  readonly hashes: readonly TrustedHash[];
  readonly lane: EntryLane;
  readonly method: SetupMethod;
  readonly pid: string | null;
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
  async ask(tx: Tx, { uuid, address, hashes, lane, method, pid, at }: Asked): Promise<{ readonly rootSet: string }> {
    const said = {
      address,
      hashes: JSON.stringify(hashes),
      state: "waiting" as const,
      lane,
      method,
      pid,
      next_try_at: null,
      updated_at: at,
    };
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

  /** The device is at another address than was believed; a try that is under way fails and is followed by one there. */
  async setAddress(tx: Tx, uuid: string, address: string): Promise<void> {
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({ address })
      .where("uuid", "=", uuid)
      .execute();
  }

  /** It waits in the slow lane for its next try. */
  async postpone(tx: Tx, uuid: string, error: ErrorReport, times: { at: Date; nextTryAt: Date }): Promise<void> {
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({
        state: "waiting",
        lane: "slow",
        next_try_at: times.nextTryAt,
        error: JSON.stringify(error),
        updated_at: times.at,
      })
      .where("uuid", "=", uuid)
      .execute();
  }

  async isHeld(): Promise<boolean> {
    const row = await this.#db.selectFrom("provisioning_queue").select("is_held").executeTakeFirst();
    return row?.is_held ?? false;
  }

  async hold(tx: Tx, isHeld: boolean, by: string, at: Date): Promise<void> {
    const row = { is_held: isHeld, changed_by: by, changed_at: at };
    await tables<ProvisioningTables>(tx)
      .insertInto("provisioning_queue")
      .values(row)
      .onConflict((one) => one.column("only_row").doUpdateSet(row))
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

  /** The device is to be set up no more. */
  async remove(tx: Tx, uuid: string): Promise<void> {
    await tables<ProvisioningTables>(tx).deleteFrom("provisioning_entries").where("uuid", "=", uuid).execute();
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

  async unfinished(): Promise<{ uuid: string; lane: EntryLane }[]> {
    const query = this.#db
      .selectFrom("provisioning_entries")
      .select(["uuid", "lane"])
      .where("state", "in", ["waiting", "running"])
      // From inside a machine only its own software can begin again.
      .where("method", "not in", ["host-client", "host-admin"]);
    return query.execute();
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
  const { uuid, address, hashes, method, pid, state, step, attempts, lane, next_try_at, error, updated_at } = row;
  const times = { nextTryAt: next_try_at, updatedAt: updated_at };
  return { uuid, address, hashes, method, pid, state, step, attempts, lane, error, ...times };
}
