import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Runs, and each device's share of them. */
export const jobs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table runs (
        id uuid primary key,
        title text not null,
        operation text not null,
        target text not null,
        started_by text not null,
        reason text,
        state text not null check (state in ('running', 'finished', 'cancelled')),
        total integer not null,
        created_at timestamptz not null,
        finished_at timestamptz
      )`.execute(db);
    await sql`create index runs_created_at on runs (created_at desc)`.execute(db);
    await sql`
      create table run_items (
        run uuid not null references runs (id),
        device uuid not null,
        host_name text,
        address text not null,
        outcome text not null check (outcome in ('waiting', 'running', 'succeeded', 'failed', 'unknown', 'cancelled')),
        answer text,
        error jsonb,
        started_at timestamptz,
        finished_at timestamptz,
        primary key (run, device)
      )`.execute(db);
    await sql`create index run_items_outcome on run_items (run, outcome)`.execute(db);
    await sql`create index run_items_device on run_items (device, finished_at desc)`.execute(db);
  },
};
