import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What each attempt to provision a device did, what its hellos told, and by what the queue is steered. */
export const provisioningSeen: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table provisioning_attempts (
        uuid uuid not null,
        number integer not null,
        address text not null,
        lane text not null,
        outcome text not null check (outcome in ('running', 'done', 'postponed', 'failed', 'interrupted')),
        started_at timestamptz not null,
        ended_at timestamptz,
        error jsonb,
        notes jsonb not null default '[]',
        primary key (uuid, number)
      )`.execute(db);
    await sql`create index provisioning_attempts_age on provisioning_attempts (started_at)`.execute(db);
    await sql`
      create table hello_ledger (
        uuid uuid primary key,
        first_at timestamptz not null,
        last_at timestamptz not null,
        opened_at timestamptz not null,
        count integer not null,
        retry integer not null
      )`.execute(db);
    await sql`
      create table hello_addresses (
        uuid uuid not null,
        address text not null,
        first_at timestamptz not null,
        last_at timestamptz not null,
        count integer not null,
        primary key (uuid, address)
      )`.execute(db);
    await sql`
      create table sites (
        name text primary key,
        subnets text[] not null,
        most_at_once integer not null check (most_at_once > 0),
        pause_seconds integer not null check (pause_seconds >= 0),
        is_held boolean not null,
        last_begun_at timestamptz
      )`.execute(db);
    await sql`
      alter table provisioning_entries
        add column site text,
        add column is_admitted boolean not null default true`.execute(db);
    await sql`
      create index provisioning_entries_site on provisioning_entries (site, state) where site is not null`.execute(db);
    await sql`
      create index provisioning_entries_code on provisioning_entries ((error->>'code')) where state = 'failed'`.execute(
      db,
    );
    await sql`alter table provisioning_queue add column running_at_hold integer not null default 0`.execute(db);
    await sql`
      create table delayed_provisioning (
        only_row boolean primary key default true check (only_row),
        is_on boolean not null,
        every_hours integer not null check (every_hours > 0),
        replaces_one_time_password boolean not null,
        switches_to_amt boolean not null,
        last_round_at timestamptz,
        last_round jsonb
      )`.execute(db);
    await sql`
      create table ignored_checks (
        id integer generated always as identity primary key,
        check_name text not null,
        reason text not null,
        made_by text not null,
        made_at timestamptz not null,
        ends_at timestamptz not null
      )`.execute(db);
  },
};
