import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Desired configurations. */
export const profiles: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table profiles (
        name text primary key,
        version integer not null,
        is_default boolean not null,
        settings jsonb not null
      )`.execute(db);
    await sql`create unique index profiles_one_default on profiles (is_default) where is_default`.execute(db);
  },
};
