import type { Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly start: string;
  readonly hash: Uint8Array;
  readonly created_at: Date;
}

interface AccessTables {
  readonly sign_in_links: { readonly hash: Uint8Array; readonly expires_at: Date };
  readonly sessions: { readonly hash: Uint8Array; readonly created_at: Date; readonly expires_at: Date };
  readonly api_keys: KeyRow;
}

export class AccessStore {
  readonly #db: Kysely<AccessTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<AccessTables>();
  }

  async insertLink(tx: Tx, hash: Uint8Array, expires_at: Date): Promise<void> {
    await tables<AccessTables>(tx).insertInto("sign_in_links").values({ hash, expires_at }).execute();
  }

  /** Uses the link up. @returns whether it was there and good */
  async takeLink(tx: Tx, hash: Uint8Array, now: Date): Promise<boolean> {
    const db = tables<AccessTables>(tx);
    const taken = await db
      .deleteFrom("sign_in_links")
      .where("hash", "=", hash)
      .returning("expires_at")
      .executeTakeFirst();
    await db.deleteFrom("sign_in_links").where("expires_at", "<", now).execute();
    return taken !== undefined && taken.expires_at >= now;
  }

  async insertSession(tx: Tx, hash: Uint8Array, now: Date, expires_at: Date): Promise<void> {
    const db = tables<AccessTables>(tx);
    await db.deleteFrom("sessions").where("expires_at", "<", now).execute();
    await db.insertInto("sessions").values({ hash, created_at: now, expires_at }).execute();
  }

  async hasSession(hash: Uint8Array, now: Date): Promise<boolean> {
    const query = this.#db.selectFrom("sessions").select("hash").where("hash", "=", hash).where("expires_at", ">", now);
    return (await query.executeTakeFirst()) !== undefined;
  }

  async removeSession(hash: Uint8Array): Promise<void> {
    await this.#db.deleteFrom("sessions").where("hash", "=", hash).execute();
  }

  keys(): Promise<KeyRow[]> {
    return this.#db.selectFrom("api_keys").selectAll().orderBy("created_at").execute();
  }

  keyWith(hash: Uint8Array): Promise<KeyRow | undefined> {
    return this.#db.selectFrom("api_keys").selectAll().where("hash", "=", hash).executeTakeFirst();
  }

  /** A key of the same name is replaced. @returns that one's hash */
  async putKey(tx: Tx, row: KeyRow): Promise<Uint8Array | undefined> {
    const db = tables<AccessTables>(tx);
    const replaced = await db.deleteFrom("api_keys").where("name", "=", row.name).returning("hash").executeTakeFirst();
    await db.insertInto("api_keys").values(row).execute();
    return replaced?.hash;
  }

  /** @returns undefined when there is none */
  removeKey(tx: Tx, id: string): Promise<Pick<KeyRow, "name" | "hash"> | undefined> {
    const query = tables<AccessTables>(tx).deleteFrom("api_keys").where("id", "=", id).returning(["name", "hash"]);
    return query.executeTakeFirst();
  }
}
