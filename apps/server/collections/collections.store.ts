import type { Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

export interface CollectionRow {
  readonly name: string;
  readonly kind: "query" | "list";
  /** In the filter language; null for a list. */
  readonly filter: string | null;
}

interface CollectionsTables {
  readonly collections: {
    readonly name: string;
    kind: "query" | "list";
    filter: string | null;
    readonly created_at: Date;
  };
  readonly collection_members: { readonly collection: string; readonly device: string };
}

export class CollectionsStore {
  readonly #db: Kysely<CollectionsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<CollectionsTables>();
  }

  list(): Promise<CollectionRow[]> {
    return this.#db.selectFrom("collections").select(["name", "kind", "filter"]).orderBy("name").execute();
  }

  async insert(tx: Tx, row: CollectionRow, at: Date, members: readonly string[]): Promise<void> {
    await tables<CollectionsTables>(tx)
      .insertInto("collections")
      .values({ ...row, created_at: at })
      .execute();
    await this.#addMembers(tx, row.name, members);
  }

  async change(tx: Tx, { name, kind, filter }: CollectionRow, members: readonly string[]): Promise<void> {
    const db = tables<CollectionsTables>(tx);
    await db.updateTable("collections").set({ kind, filter }).where("name", "=", name).execute();
    await db.deleteFrom("collection_members").where("collection", "=", name).execute();
    await this.#addMembers(tx, name, members);
  }

  async #addMembers(tx: Tx, collection: string, members: readonly string[]): Promise<void> {
    const rows = [...new Set(members)].map((device) => ({ collection, device }));
    // A statement takes 65,535 parameters.
    for (let at = 0; at < rows.length; at += 10_000) {
      await tables<CollectionsTables>(tx)
        .insertInto("collection_members")
        .values(rows.slice(at, at + 10_000))
        .execute();
    }
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

  /** Which of these devices each list holds, by its name. */
  async membersAmong(devices: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (devices.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("collection_members")
      .selectAll()
      .where((of) => of("device", "=", of.fn.any(of.val([...devices]))))
      .execute();
    const byName = Map.groupBy(rows, ({ collection }) => collection);
    return new Map([...byName].map(([name, held]) => [name, held.map(({ device }) => device)]));
  }
}
