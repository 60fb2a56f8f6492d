import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Where devices stand in their life, how they came there, and how they leave. */
export const lifeCycle: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table devices drop constraint devices_state_check`.execute(db);
    await sql`
      alter table devices add constraint devices_state_check
      check (state in ('factory', 'provisioning', 'provisioned', 'failed', 'foreign', 'retired'))`.execute(db);
    await sql`
      alter table devices
        add column life_since timestamptz,
        add column retired_because text check (retired_because in ('gone', 'stolen', 'renamed', 'unprovisioned')),
        add column secrets_until timestamptz`.execute(db);
    await sql`
      create table device_transitions (
        id bigint generated always as identity primary key,
        device uuid not null,
        at timestamptz not null,
        from_life text not null,
        to_life text not null,
        actor text not null,
        code text
      )`.execute(db);
    await sql`create index device_transitions_device on device_transitions (device, id desc)`.execute(db);
    await sql`
      create table departures (
        device uuid primary key,
        kind text not null check (kind in ('partial', 'full')),
        certificate text not null check (certificate in ('revoke', 'keep')),
        directory text not null check (directory in ('remove', 'keep')),
        afterwards text not null check (afterwards in ('factory', 'retired')),
        actor text not null,
        asked_at timestamptz not null,
        told_at timestamptz
      )`.execute(db);
    await sql`
      create table one_time_passwords (
        id uuid primary key,
        device uuid not null,
        state text not null check (state in ('made', 'proven', 'used', 'replaced')),
        sealed bytea not null,
        made_at timestamptz not null,
        expires_at timestamptz not null,
        changed_at timestamptz not null
      )`.execute(db);
    await sql`create index one_time_passwords_device on one_time_passwords (device, made_at desc)`.execute(db);
    // A device is given one at a time.
    await sql`
      create unique index one_time_passwords_one_live on one_time_passwords (device)
      where state in ('made', 'proven')`.execute(db);
    await sql`alter table issued_certificates add column retired_at timestamptz, add column retired_because text`.execute(
      db,
    );
    await sql`alter table runs add column parameters jsonb not null default '{}'::jsonb`.execute(db);
  },
};
