import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Devices on their way from first sight to provisioned. */
export const provisioning: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table provisioning_entries (
        uuid uuid primary key,
        address text not null,
        hashes jsonb not null,
        state text not null check (state in ('waiting', 'running', 'failed', 'done')),
        step text,
        attempts integer not null,
        error jsonb,
        updated_at timestamptz not null
      )`.execute(db);
    await sql`create index provisioning_entries_state on provisioning_entries (state, updated_at desc)`.execute(db);
  },
};
