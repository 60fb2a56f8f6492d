import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What was last read from devices: their own logs, entry by entry, and what they are made of. */
export const readings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table device_readings (
        device uuid not null references devices (uuid) on delete cascade,
        kind text not null,
        read_at timestamptz not null,
        body jsonb not null,
        primary key (device, kind)
      )`.execute(db);
    await sql`
      create table device_log_entries (
        device uuid not null references devices (uuid) on delete cascade,
        log text not null,
        number integer not null,
        at timestamptz not null,
        severity text,
        source text not null,
        text text not null,
        who text,
        from_where text,
        data text not null,
        primary key (device, log, number)
      )`.execute(db);
  },
};
