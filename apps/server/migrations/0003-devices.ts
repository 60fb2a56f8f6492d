import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The registry. */
export const devices: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table devices (
        uuid uuid primary key,
        address text not null,
        host_name text,
        state text not null check (state in ('factory', 'provisioning', 'provisioned', 'failed')),
        step text,
        error jsonb,
        release text,
        model text,
        manufacturer text,
        serial_number text,
        bios_version text,
        control_mode text not null default 'none',
        profile text,
        certificate jsonb,
        hello jsonb,
        power text not null default 'unknown',
        power_at timestamptz,
        is_reachable boolean not null default true,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        provisioned_at timestamptz,
        inventory_at timestamptz
      )`.execute(db);
    await sql`create index devices_host_name on devices (host_name, uuid)`.execute(db);
    await sql`create index devices_address on devices (address)`.execute(db);
    await sql`create index devices_state on devices (state, host_name)`.execute(db);
  },
};
