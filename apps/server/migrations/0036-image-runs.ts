import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Boots that end by themselves once their image has been read, and which run began them; devices whose network is cut off. */
export const imageRuns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table boots add column quiet_seconds integer, add column run uuid`.execute(db);
    await sql`alter table devices add column isolation jsonb`.execute(db);
  },
};
