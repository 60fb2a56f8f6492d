import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** When each device was last looked after: clock and certificate. */
export const maintenance: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table devices add column maintained_at timestamptz`.execute(db);
    await sql`create index devices_maintained on devices (maintained_at) where state = 'provisioned'`.execute(db);
  },
};
