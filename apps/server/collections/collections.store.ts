import type { Kysely } from "kysely";
import type { CollectionQuery } from "@vigil/api/resources/collections.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

export interface CollectionRow {
  readonly name: string;
  readonly kind: "query" | "list";
  readonly query: CollectionQuery | null;
}

interface CollectionsTables {
  readonly collections: {
    readonly name: string;
    readonly kind: "query" | "list";
    /** jsonb: written as text, read as what it holds. */
    readonly query: CollectionQuery | string | null;
    readonly created_at: Date;
  };
  readonly collection_members: { readonly collection: string; readonly device: string };
}

export class CollectionsStore {
  readonly #db: Kysely<CollectionsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<CollectionsTables>();
  }

  async list(): Promise<CollectionRow[]> {
    const rows = await this.#db.selectFrom("collections").select(["name", "kind", "query"]).orderBy("name").execute();
    // Read back, jsonb is never text.
    return rows.map((row) => ({ ...row, query: row.query as CollectionQuery | null }));
  }

  async insert(tx: Tx, row: CollectionRow, at: Date, members: readonly string[]): Promise<void> {
    const db = tables<CollectionsTables>(tx);
    const query = row.query === null ? null : JSON.stringify(row.query);
    await db
      .insertInto("collections")
      .values({ ...row, query, created_at: at })
      .execute();
    if (members.length === 0) return;
    const rows = [...new Set(members)].map((device) => ({ collection: row.name, device }));
    await db.insertInto("collection_members").values(rows).execute();
  }

  async remove(tx: Tx, name: string): Promise<void> {
    await tables<CollectionsTables>(tx).deleteFrom("collections").where("name", "=", name).execute();
  }

  async members(name: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("collection_members")
      .select("device")
      .where("collection", "=", name)
      .execute();
    return rows.map(({ device }) => device);
  }

  /** Which of the lists hold these devices. */
  async memberships(devices: readonly string[]): Promise<{ readonly collection: string; readonly device: string }[]> {
    if (devices.length === 0) return [];
    return this.#db
      .selectFrom("collection_members")
      .selectAll()
      .where((of) => of("device", "=", of.fn.any(of.val([...devices]))))
      .execute();
  }
}
