import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Who did what. `details` is text, not jsonb: the chain hashes what was written, letter by letter. */
export const audit: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table audit_entries (
        id bigint primary key,
        at timestamptz not null,
        actor text not null,
        action text not null,
        device uuid,
        summary text not null,
        details text not null,
        hash bytea not null
      )`.execute(db);
    await sql`create index audit_entries_device on audit_entries (device, id desc)`.execute(db);
  },
};
