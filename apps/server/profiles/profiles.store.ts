import type { Kysely, Selectable } from "kysely";
import { gatheredRows } from "@vigil/postgres/gathered.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import { completed, type ProfileSettings } from "./profile.ts";

interface ProfilesTables {
  readonly profiles: { readonly name: string; version: number; is_default: boolean };
  readonly profile_versions: {
    readonly profile: string;
    readonly version: number;
    /** jsonb: written as text, read as what it holds. */
    readonly settings: Partial<ProfileSettings> | string;
    readonly changed_at: Date;
    readonly changed_by: string;
    readonly note: string | null;
  };
}

/** One version of one profile. */
export interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly isDefault: boolean;
  readonly settings: ProfileSettings;
  readonly changedAt: Date;
  readonly changedBy: string;
  readonly note: string | null;
}

export class ProfilesStore {
  readonly #db: Kysely<ProfilesTables>;
  readonly #named = gatheredRows(
    (names) =>
      this.#newest(undefined)
        .where("profiles.name", "in", [...names])
        .execute(),
    ({ name }) => name,
  );

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<ProfilesTables>();
  }

  /** Every profile in its newest version. */
  async list(tx?: Tx): Promise<VersionRow[]> {
    return (await this.#newest(tx).orderBy("profiles.name").execute()).map(rowOf);
  }

  async get(name: string, tx?: Tx): Promise<VersionRow | undefined> {
    const [row] =
      tx === undefined
        ? await this.#named.ask(name)
        : await this.#newest(tx).where("profiles.name", "=", name).execute();
    return row === undefined ? undefined : rowOf(row);
  }

  async getDefault(tx?: Tx): Promise<VersionRow | undefined> {
    const row = await this.#newest(tx).where("profiles.is_default", "=", true).executeTakeFirst();
    return row === undefined ? undefined : rowOf(row);
  }

  /** Newest first. */
  async versions(name: string, tx?: Tx): Promise<VersionRow[]> {
    const rows = await this.#in(tx)
      .selectFrom("profile_versions")
      .innerJoin("profiles", "profiles.name", "profile_versions.profile")
      .select([
        "profiles.name",
        "is_default",
        "profile_versions.version",
        "settings",
        "changed_at",
        "changed_by",
        "note",
      ])
      .where("profile", "=", name)
      .orderBy("profile_versions.version", "desc")
      .execute();
    return rows.map(rowOf);
  }

  /** @returns false when there is one of that name, letter case aside */
  async insert(tx: Tx, name: string, isDefault: boolean): Promise<boolean> {
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("profiles")
      .values({ name, version: 0, is_default: isDefault })
      .onConflict((one) => one.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  /** Stores version `basedOn + 1`. @returns false when `basedOn` is not the newest any more */
  async append(
    tx: Tx,
    name: string,
    basedOn: number,
    row: Pick<VersionRow, "settings" | "changedAt" | "changedBy" | "note">,
  ): Promise<boolean> {
    const version = basedOn + 1;
    const { numUpdatedRows: count } = await this.#in(tx)
      .updateTable("profiles")
      .set({ version })
      .where("name", "=", name)
      .where("version", "=", basedOn)
      .executeTakeFirst();
    if (count === 0n) return false;
    await this.#in(tx)
      .insertInto("profile_versions")
      .values({
        profile: name,
        version,
        settings: JSON.stringify(row.settings),
        changed_at: row.changedAt,
        changed_by: row.changedBy,
        note: row.note,
      })
      .execute();
    return true;
  }

  async setDefault(tx: Tx, name: string): Promise<void> {
    await this.#in(tx).updateTable("profiles").set({ is_default: false }).where("is_default", "=", true).execute();
    await this.#in(tx).updateTable("profiles").set({ is_default: true }).where("name", "=", name).execute();
  }

  async remove(tx: Tx, name: string): Promise<void> {
    await this.#in(tx).deleteFrom("profiles").where("name", "=", name).execute();
  }

  #newest(tx: Tx | undefined) {
    return this.#in(tx)
      .selectFrom("profiles")
      .innerJoin("profile_versions", (join) =>
        join
          .onRef("profile_versions.profile", "=", "profiles.name")
          .onRef("profile_versions.version", "=", "profiles.version"),
      )
      .select(["profiles.name", "is_default", "profiles.version", "settings", "changed_at", "changed_by", "note"]);
  }

  #in(tx: Tx | undefined): Kysely<ProfilesTables> {
    return tx === undefined ? this.#db : tables<ProfilesTables>(tx);
  }
}

function rowOf(
  row: { readonly name: string; readonly is_default: boolean } & Omit<
    Selectable<ProfilesTables["profile_versions"]>,
    "profile"
  >,
): VersionRow {
  return {
    name: row.name,
    version: row.version,
    isDefault: row.is_default,
    // Read back, jsonb is never text.
    settings: completed(row.settings as Partial<ProfileSettings>),
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    note: row.note,
  };
}
