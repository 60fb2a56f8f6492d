import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Schedules, the maintenance windows that they wait for, and the times that came. */
export const schedules: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table maintenance_windows (
        name text primary key,
        settings jsonb not null,
        changed_at timestamptz not null,
        changed_by text not null
      )`.execute(db);
    await sql`create unique index maintenance_windows_name on maintenance_windows (lower(name))`.execute(db);
    await sql`
      create table schedules (
        name text primary key,
        settings jsonb not null,
        maintenance_window text references maintenance_windows (name),
        next_at timestamptz,
        changed_at timestamptz not null,
        changed_by text not null
      )`.execute(db);
    await sql`create unique index schedules_name on schedules (lower(name))`.execute(db);
    await sql`create index schedules_next on schedules (next_at) where next_at is not null`.execute(db);
    await sql`
      create table schedule_fires (
        id uuid primary key,
        schedule text not null references schedules (name) on delete cascade,
        due_at timestamptz not null,
        at timestamptz not null,
        outcome text not null check (outcome in ('due', 'started', 'missed', 'failed')),
        error jsonb,
        unique (schedule, due_at)
      )`.execute(db);
  },
};
