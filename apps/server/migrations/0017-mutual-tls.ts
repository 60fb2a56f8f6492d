import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** With what Vigil proves itself to devices with mutual TLS, and which devices may ask for it. */
export const mutualTls: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table manager_certificates (
        fingerprint text primary key,
        certificate_pem text not null,
        sealed_key bytea not null,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`alter table devices drop constraint devices_channel_check`.execute(db);
    await sql`
      alter table devices add constraint devices_channel_check check (channel in ('plain', 'tls', 'mutual'))`.execute(
      db,
    );
  },
};
