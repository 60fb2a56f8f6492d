import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The library of images, and boots that are arranged from afar: each row says what is to be taken back. */
export const boots: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table images (
        name text primary key,
        kind text not null check (kind in ('cd', 'floppy')),
        bytes bigint not null,
        sha256 text not null,
        file uuid not null unique,
        added_by text not null,
        added_at timestamptz not null
      )`.execute(db);
    await sql`
      create table boots (
        id uuid primary key,
        device uuid not null,
        target text not null check (target in ('bios-setup', 'network', 'disk', 'cd', 'image')),
        image jsonb,
        shows_on_serial boolean not null,
        returns boolean not null,
        state text not null check (state in ('arranging', 'telling', 'waiting', 'running', 'returning', 'ended')),
        outcome text check (outcome in ('started', 'stopped', 'replaced', 'failed', 'interrupted', 'unknown')),
        error jsonb,
        was_on boolean,
        switched_disk_on boolean not null default false,
        is_return_told boolean not null default false,
        bytes_read bigint not null default 0,
        asked_by text not null,
        asked_at timestamptz not null,
        told_at timestamptz,
        started_at timestamptz,
        ended_at timestamptz,
        check ((state = 'ended') = (outcome is not null) or state = 'returning')
      )`.execute(db);
    await sql`create index boots_device on boots (device, asked_at desc)`.execute(db);
    // A device starts from one thing.
    await sql`create unique index boots_one_open on boots (device) where state <> 'ended'`.execute(db);
  },
};
