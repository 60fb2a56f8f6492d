import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Sign-in links, sessions and API keys: of each secret only the hash. */
export const access: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table sign_in_links (
        hash bytea primary key,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`
      create table sessions (
        hash bytea primary key,
        created_at timestamptz not null,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`
      create table api_keys (
        id uuid primary key,
        name text not null unique,
        start text not null,
        hash bytea not null unique,
        created_at timestamptz not null
      )`.execute(db);
  },
};
