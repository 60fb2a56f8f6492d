import { sql, type ColumnType, type Kysely, type Selectable, type SqlBool } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { SetupMethod } from "../devices/devices.ts";
import type { TrustedHash } from "../credentials/credentials.ts";
import { slowCodes, type Entry, type EntryLane, type EntryState } from "./entry.ts";

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
  /** These two are the gate's: it alone gives them a meaning. */
  site: ColumnType<string | null, null | undefined, null>;
  is_admitted: ColumnType<boolean, true | undefined, true>;
}

interface ProvisioningTables {
  readonly provisioning_entries: EntryTable;
  /** One row at most. */
  readonly provisioning_queue: {
    readonly only_row: ColumnType<boolean, boolean | undefined, never>;
    is_held: boolean;
    running_at_hold: number;
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

/** Which of the failed. */
export interface ReopenFilter {
  readonly codes: readonly string[];
  /** Faults, too, which have a code each. */
  readonly hasFaults: boolean;
  readonly uuid?: string;
  readonly pids?: readonly string[];
  /** Those that list one of these roots. */
  readonly rootHashes?: readonly string[];
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
      site: null,
      is_admitted: true as const,
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
  async postpone(
    tx: Tx,
    uuid: string,
    how: { readonly error: ErrorReport; readonly step: string | null; readonly at: Date; readonly nextTryAt: Date },
  ): Promise<void> {
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({
        state: "waiting",
        lane: "slow",
        step: how.step,
        next_try_at: how.nextTryAt,
        error: JSON.stringify(how.error),
        updated_at: how.at,
      })
      .where("uuid", "=", uuid)
      .execute();
  }

  /** @returns how many were under way when the queue was held; undefined when it is not */
  async held(): Promise<{ readonly running: number } | undefined> {
    const row = await this.#db.selectFrom("provisioning_queue").selectAll().executeTakeFirst();
    return row?.is_held === true ? { running: row.running_at_hold } : undefined;
  }

  async hold(tx: Tx, isHeld: boolean, by: string, at: Date): Promise<void> {
    const { running } = await tables<ProvisioningTables>(tx)
      .selectFrom("provisioning_entries")
      .select((of) => of.fn.countAll<number>().as("running"))
      .where("state", "=", "running")
      .executeTakeFirstOrThrow();
    const row = { is_held: isHeld, running_at_hold: Number(running), changed_by: by, changed_at: at };
    await tables<ProvisioningTables>(tx)
      .insertInto("provisioning_queue")
      .values(row)
      .onConflict((one) => one.column("only_row").doUpdateSet(row))
      .execute();
  }

  async done(tx: Tx, uuid: string, at: Date): Promise<void> {
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({ state: "done", step: null, error: null, updated_at: at })
      .where("uuid", "=", uuid)
      .execute();
  }

  async fail(
    tx: Tx,
    uuid: string,
    how: { readonly error: ErrorReport; readonly step: string | null; readonly at: Date },
  ): Promise<void> {
    await tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({ state: "failed", step: how.step, error: JSON.stringify(how.error), updated_at: how.at })
      .where("uuid", "=", uuid)
      .execute();
  }

  /** The device is to be set up no more. */
  async remove(tx: Tx, uuid: string): Promise<void> {
    await tables<ProvisioningTables>(tx).deleteFrom("provisioning_entries").where("uuid", "=", uuid).execute();
  }

  /** Failed ones that all of it holds for. From inside a machine only its own software can begin again: these are left out. */
  async failedWith(tx: Tx, filter: ReopenFilter): Promise<string[]> {
    const { codes, hasFaults, uuid, pids, rootHashes } = filter;
    const code = sql<string>`error->>'code'`;
    let query = tables<ProvisioningTables>(tx)
      .selectFrom("provisioning_entries")
      .select("uuid")
      .where("state", "=", "failed")
      .where("method", "not in", ["host-client", "host-admin"])
      .where((of) => {
        const named = of(code, "=", of.fn.any(of.val([...codes])));
        return hasFaults ? of.or([named, of(code, "like", "wsman.fault.%")]) : named;
      });
    if (uuid !== undefined) query = query.where("uuid", "=", uuid);
    if (pids !== undefined) query = query.where((of) => of("pid", "=", of.fn.any(of.val([...pids]))));
    if (rootHashes !== undefined) {
      query = query.where(
        sql<SqlBool>`exists (select from jsonb_array_elements(hashes) as one where one->>'hash' = any(${[...rootHashes]}))`,
      );
    }
    return (await query.execute()).map((row) => row.uuid);
  }

  /** Failed ones with their code, those that have failed longest first. */
  async failed(limit: number): Promise<{ uuid: string; code: string }[]> {
    return this.#db
      .selectFrom("provisioning_entries")
      .select(["uuid", sql<string>`coalesce(error->>'code', '')`.as("code")])
      .where("state", "=", "failed")
      .orderBy("updated_at")
      .limit(limit)
      .execute();
  }

  /** They wait again, each in the lane that suits what it failed with; what they failed with stays in sight. */
  async reopen(tx: Tx, uuids: readonly string[], at: Date): Promise<{ uuid: string; lane: EntryLane }[]> {
    return tables<ProvisioningTables>(tx)
      .updateTable("provisioning_entries")
      .set({
        state: "waiting",
        attempts: 0,
        next_try_at: null,
        site: null,
        is_admitted: true as const,
        lane: sql`case when error->>'code' ~ ${slowCodes} then 'slow' else 'fast' end`,
        updated_at: at,
      })
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .where("state", "=", "failed")
      .returning(["uuid", "lane"])
      .execute();
  }

  /** How many have failed, and are tried again, with each code. */
  async codes(): Promise<{ code: string; failed: number; waiting: number; error: ErrorReport }[]> {
    const { rows } = await sql<{ code: string; failed: number; waiting: number; error: ErrorReport }>`
      select error->>'code' as code,
        (count(*) filter (where state = 'failed'))::integer as failed,
        (count(*) filter (where state <> 'failed'))::integer as waiting,
        (array_agg(error order by updated_at desc))[1] as error
      from provisioning_entries where error is not null group by 1`.execute(this.#db);
    return rows;
  }

  /** Most recent first; of any state but done unless one is given. */
  async list({ state, lane }: Partial<Pick<Entry, "state" | "lane">>, limit: number): Promise<Entry[]> {
    let query = this.#db.selectFrom("provisioning_entries").selectAll();
    query = state === undefined ? query.where("state", "<>", "done") : query.where("state", "=", state);
    if (lane !== undefined) query = query.where("lane", "=", lane);
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
      // One that waits for its site has no item on purpose.
      .where("is_admitted", "=", true)
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
  const times = { nextTryAt: next_try_at, updatedAt: updated_at, site: row.site, isAdmitted: row.is_admitted };
  return { uuid, address, hashes, method, pid, state, step, attempts, lane, error, ...times };
}
