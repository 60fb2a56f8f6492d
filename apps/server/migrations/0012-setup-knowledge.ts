import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Names of setup certificates, and what tells whether a device accepts one: its DNS suffix, and which roots it lists. */
export const setupKnowledge: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table setup_certificates add column name text`.execute(db);
    // Most devices of a model list the same roots: a digest of the list groups a fleet of thousands into a few kinds.
    await sql`
      alter table provisioning_entries
      add column root_set text not null generated always as (md5(hashes::text)) stored`.execute(db);
    await sql`create index provisioning_entries_root_set on provisioning_entries (root_set)`.execute(db);
    await sql`
      alter table devices
      add column root_set text, add column dns_suffix text, add column dns_suffix_at timestamptz`.execute(db);
    await sql`
      update devices set root_set = entries.root_set from provisioning_entries as entries
      where entries.uuid = devices.uuid`.execute(db);
  },
};
