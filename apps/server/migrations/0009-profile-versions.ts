import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Profiles keep their versions and have sections; what was stored before becomes version by version what it meant. */
export const profileVersions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table profile_versions (
        profile text not null references profiles (name) on delete cascade,
        version integer not null,
        settings jsonb not null,
        changed_at timestamptz not null,
        changed_by text not null,
        note text,
        primary key (profile, version)
      )`.execute(db);
    await sql`
      insert into profile_versions (profile, version, settings, changed_at, changed_by)
      select name, version, jsonb_build_object(
        'general', jsonb_build_object('hostNameRule', settings->'hostNameRule', 'domainName', settings->'domainName'),
        'tls', jsonb_build_object('isPlainPortOpen', settings->'isPlainPortOpen'),
        'features', jsonb_build_object('webPage', settings->'isWebPageOpen')
      ), now(), 'vigil'
      from profiles`.execute(db);
    await sql`alter table profiles drop column settings`.execute(db);
    await sql`create unique index profiles_name on profiles (lower(name))`.execute(db);
    await sql`
      create table profile_secrets (
        profile text not null references profiles (name) on delete cascade,
        name text not null,
        sealed bytea not null,
        changed_at timestamptz not null,
        primary key (profile, name)
      )`.execute(db);
    await sql`alter table devices add column profile_version integer`.execute(db);
    await sql`create index devices_profile on devices (profile, profile_version)`.execute(db);
  },
};
