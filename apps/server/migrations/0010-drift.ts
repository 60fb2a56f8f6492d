import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What each device had otherwise than its profile, when it was last looked at. */
export const drift: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table device_drift (
        device uuid primary key,
        profile text not null,
        version integer not null,
        differences jsonb not null,
        looked_at timestamptz not null
      )`.execute(db);
    // A secret that was set later than this has not reached the device.
    await sql`alter table devices add column profile_applied_at timestamptz`.execute(db);
    await sql`create index device_drift_differing on device_drift (looked_at desc) where differences <> '[]'::jsonb`.execute(
      db,
    );
  },
};
