import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * The chain gets a key and an end. `path` is null in entries from before: they are chained without a key. `audit_end` has one row, the
 * last entry, sealed: without it nobody could see that the newest entries were taken away.
 */
export const auditChain: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table audit_entries add column path text`.execute(db);
    await sql`
      create table audit_end (
        only_one boolean primary key default true check (only_one),
        id bigint not null,
        hash bytea not null,
        seal bytea not null
      )`.execute(db);
    await sql`create index audit_entries_actor on audit_entries (actor, id desc)`.execute(db);
    await sql`create index audit_entries_action on audit_entries (action, id desc)`.execute(db);
  },
};
