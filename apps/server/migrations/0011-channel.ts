import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** How each device is reached: over TLS, or, where its profile has TLS off, in the clear. */
export const channel: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table devices add column channel text not null default 'tls' check (channel in ('plain', 'tls'))`.execute(
      db,
    );
  },
};
