import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Whether a cancelled run leaves machines as they are, and what came of giving them their power back. */
export const putBack: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table runs
        add column leaves_power boolean not null default false,
        add column put_back jsonb`.execute(db);
  },
};
