import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Pre-shared keys for setup, and by which way each device is set up. */
export const setupMethods: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table setup_keys (
        pid text primary key,
        batch text not null,
        medium text not null check (medium in ('list', 'usb')),
        sealed bytea not null,
        made_at timestamptz not null,
        device uuid,
        used_at timestamptz
      )`.execute(db);
    await sql`create index setup_keys_batch on setup_keys (batch, made_at)`.execute(db);
    const methods = sql.raw("('certificate', 'pre-shared-key', 'usb', 'host-client', 'host-admin')");
    await sql`
      alter table provisioning_entries
        add column method text not null default 'certificate' check (method in ${methods}),
        add column pid text`.execute(db);
    await sql`alter table devices add column setup_method text check (setup_method in ${methods})`.execute(db);
  },
};
