import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Collections that operators made; the built-in ones are code. */
export const collections: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table collections (
        name text primary key,
        kind text not null check (kind in ('query', 'list')),
        query jsonb,
        created_at timestamptz not null
      )`.execute(db);
    await sql`create unique index collections_name on collections (lower(name))`.execute(db);
    await sql`
      create table collection_members (
        collection text not null references collections (name) on delete cascade,
        device uuid not null,
        primary key (collection, device)
      )`.execute(db);
  },
};
