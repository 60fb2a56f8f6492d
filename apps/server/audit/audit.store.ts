import type { Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

export interface AuditRow {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly device: string | null;
  readonly summary: string;
  readonly details: string;
  readonly hash: Uint8Array;
}

interface AuditTables {
  readonly audit_entries: AuditRow;
}

export class AuditStore {
  readonly #db: Kysely<AuditTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<AuditTables>();
  }

  /** The end of the chain, which nobody else can read until the transaction ends. */
  async last(tx: Tx): Promise<{ readonly id: number; readonly hash: Uint8Array } | undefined> {
    const db = tables<AuditTables>(tx);
    // Two transactions that append at once would fork the chain.
    await db.selectNoFrom((of) => of.fn<unknown>("pg_advisory_xact_lock", [of.val(auditLock)]).as("locked")).execute();
    return db.selectFrom("audit_entries").select(["id", "hash"]).orderBy("id", "desc").limit(1).executeTakeFirst();
  }

  async insert(tx: Tx, row: AuditRow): Promise<void> {
    await tables<AuditTables>(tx).insertInto("audit_entries").values(row).execute();
  }

  /** Newest first. */
  async list(filter: {
    readonly device?: string;
    readonly search?: string;
    readonly before?: number;
    readonly limit: number;
  }): Promise<AuditRow[]> {
    let query = this.#db.selectFrom("audit_entries").selectAll();
    if (filter.device !== undefined) query = query.where("device", "=", filter.device);
    if (filter.before !== undefined) query = query.where("id", "<", filter.before);
    const { search } = filter;
    if (search !== undefined) {
      const like = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
      query = query.where((one) =>
        one.or([one("summary", "ilike", like), one("action", "ilike", like), one("actor", "ilike", like)]),
      );
    }
    return query.orderBy("id", "desc").limit(filter.limit).execute();
  }

  /** Oldest first, after `after`. */
  async page(after: number, limit: number): Promise<AuditRow[]> {
    const query = this.#db.selectFrom("audit_entries").selectAll().where("id", ">", after);
    return query.orderBy("id", "asc").limit(limit).execute();
  }
}

/** An arbitrary number that stands for the end of the chain. */
const auditLock = 7_316_001;
