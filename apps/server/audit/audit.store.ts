import { sql, type Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { End, Linked } from "./chain.ts";

/** What entries have to be like to be listed. */
export interface AuditFilter {
  readonly device?: string;
  readonly actor?: string;
  /** "run.started", or "job" for all that begin with "job.". */
  readonly action?: string;
  readonly path?: string;
  readonly search?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly before?: number;
}

interface AuditTables {
  readonly audit_entries: Linked;
  readonly audit_end: End & { readonly only_one: boolean };
}

export class AuditStore {
  readonly #db: Kysely<AuditTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<AuditTables>();
  }

  /** The end of the chain, which nobody else gets until the transaction ends: two that append at once would fork the chain. */
  async takeEnd(tx: Tx): Promise<End | undefined> {
    const db = tables<AuditTables>(tx);
    const take = (): Promise<End | undefined> =>
      db.selectFrom("audit_end").select(["id", "hash", "seal"]).forUpdate().executeTakeFirst();
    const end = await take();
    if (end !== undefined) return end;
    // There is no row yet to wait for.
    await db.selectNoFrom((of) => of.fn<unknown>("pg_advisory_xact_lock", [of.val(auditLock)]).as("locked")).execute();
    return take();
  }

  async putEnd(tx: Tx, { id, hash, seal }: End): Promise<void> {
    await tables<AuditTables>(tx)
      .insertInto("audit_end")
      .values({ only_one: true, id, hash, seal })
      .onConflict((one) => one.column("only_one").doUpdateSet({ id, hash, seal }))
      .execute();
  }

  /** @returns false when there is an entry of that number */
  async insert(tx: Tx, row: Linked): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tables<AuditTables>(tx)
      .insertInto("audit_entries")
      .values(row)
      .onConflict((one) => one.column("id").doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** The lowest number after `id` that no entry has. */
  async firstFree(tx: Tx, id: number): Promise<number> {
    const { rows } = await sql<{ readonly free: number }>`
      select min(one.id) + 1 as free from audit_entries one
      where one.id > ${id} and not exists (select from audit_entries other where other.id = one.id + 1)`.execute(
      tx.kysely,
    );
    return rows[0]?.free ?? id + 1;
  }

  async lastIn(tx: Tx): Promise<Pick<Linked, "id" | "hash" | "path"> | undefined> {
    const query = tables<AuditTables>(tx).selectFrom("audit_entries").select(["id", "hash", "path"]);
    return query.orderBy("id", "desc").limit(1).executeTakeFirst();
  }

  async end(): Promise<End | undefined> {
    return this.#db.selectFrom("audit_end").select(["id", "hash", "seal"]).executeTakeFirst();
  }

  /** 0: there is none. */
  async highest(): Promise<number> {
    const query = this.#db.selectFrom("audit_entries").select(({ fn }) => fn.max("id").as("id"));
    return (await query.executeTakeFirst())?.id ?? 0;
  }

  /** Entries outside the chain's numbers: after its end, seen at the same moment, or before its beginning. */
  async outside(limit: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom("audit_entries")
      .select("id")
      .where((one) =>
        one.or([one("id", "<", 1), one("id", ">", (of) => of.selectFrom("audit_end").select("audit_end.id"))]),
      )
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Newest first. */
  async list(filter: AuditFilter, limit: number): Promise<Linked[]> {
    const { device, actor, action, path, search, since, until, before } = filter;
    let query = this.#db.selectFrom("audit_entries").selectAll();
    if (device !== undefined) query = query.where("device", "=", device);
    if (actor !== undefined) query = query.where("actor", "=", actor);
    if (path !== undefined) query = query.where("path", "=", path);
    if (before !== undefined) query = query.where("id", "<", before);
    if (since !== undefined) query = query.where("at", ">=", since);
    if (until !== undefined) query = query.where("at", "<", until);
    if (action !== undefined) {
      query = query.where((one) => one.or([one("action", "=", action), one("action", "like", `${literal(action)}.%`)]));
    }
    if (search !== undefined) {
      const like = `%${literal(search)}%`;
      query = query.where((one) =>
        one.or([one("summary", "ilike", like), one("action", "ilike", like), one("actor", "ilike", like)]),
      );
    }
    return query.orderBy("id", "desc").limit(limit).execute();
  }

  /** Which actors or actions there are; each is one step in the index, so that a million entries cost no more than ten. */
  async distinct(column: "actor" | "action", limit: number): Promise<string[]> {
    const name = sql.ref(column);
    const { rows } = await sql<{ readonly value: string | null }>`
      with recursive found as (
        select min(${name}) as value from audit_entries
        union all
        select (select min(${name}) from audit_entries where ${name} > found.value) from found where found.value is not null
      )
      select value from found where value is not null limit ${limit}`.execute(this.#db);
    return rows.flatMap(({ value }) => (value === null ? [] : [value]));
  }

  /** Oldest first: those after `after`, up to `last`. */
  async page(after: number, last: number, limit: number): Promise<Linked[]> {
    const query = this.#db.selectFrom("audit_entries").selectAll().where("id", ">", after).where("id", "<=", last);
    return query.orderBy("id", "asc").limit(limit).execute();
  }
}

/** For "like": what it would take for a pattern is taken as it is. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

/** An arbitrary number that stands for the end of the chain. */
const auditLock = 7_316_001;
