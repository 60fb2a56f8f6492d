import type { Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { ProfileSettings } from "./profile.ts";

interface ProfileRow {
  readonly name: string;
  readonly version: number;
  readonly is_default: boolean;
  readonly settings: ProfileSettings;
}

interface ProfilesTables {
  readonly profiles: Omit<ProfileRow, "settings"> & {
    /** jsonb: written as text, read as what it holds. */
    readonly settings: ProfileSettings | string;
  };
}

export class ProfilesStore {
  readonly #db: Kysely<ProfilesTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<ProfilesTables>();
  }

  async list(tx?: Tx): Promise<ProfileRow[]> {
    const db = tx === undefined ? this.#db : tables<ProfilesTables>(tx);
    const rows = await db.selectFrom("profiles").selectAll().orderBy("name").execute();
    // Read back, jsonb is never text.
    return rows.map((row) => ({ ...row, settings: row.settings as ProfileSettings }));
  }

  async insertDefault(name: string, settings: ProfileSettings): Promise<void> {
    const row = { name, version: 1, is_default: true, settings: JSON.stringify(settings) };
    await this.#db
      .insertInto("profiles")
      .values(row)
      .onConflict((one) => one.doNothing())
      .execute();
  }
}
