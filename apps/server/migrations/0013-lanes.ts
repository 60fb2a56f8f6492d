import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** In which lane an entry waits and until when; and whether the whole queue is held. */
export const lanes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table provisioning_entries
        add column lane text not null default 'fast' check (lane in ('fast', 'slow')),
        add column next_try_at timestamptz`.execute(db);
    await sql`
      create table provisioning_queue (
        only_row boolean primary key default true check (only_row),
        is_held boolean not null,
        changed_by text not null,
        changed_at timestamptz not null
      )`.execute(db);
  },
};
