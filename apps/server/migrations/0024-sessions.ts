import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What is kept of live sessions: whether they are recorded, and the recordings that there are. */
export const sessions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table session_settings (
        is_only boolean primary key default true check (is_only),
        records_sol boolean not null default false,
        records_kvm boolean not null default false,
        keep_days integer not null default 30 check (keep_days between 1 and 3650)
      )`.execute(db);
    await sql`insert into session_settings default values`.execute(db);
    await sql`
      create table session_recordings (
        id uuid primary key,
        device uuid not null,
        host_name text,
        kind text not null check (kind in ('sol', 'kvm')),
        actor text not null,
        started_at timestamptz not null,
        ended_at timestamptz,
        bytes bigint not null default 0,
        is_whole boolean not null default false
      )`.execute(db);
    await sql`create index session_recordings_started on session_recordings (started_at desc)`.execute(db);
  },
};
