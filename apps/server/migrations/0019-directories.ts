import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Directories, and the objects that devices have in them. */
export const directories: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table directories (
        realm text primary key,
        urls jsonb not null,
        base_dn text not null,
        bind_dn text not null,
        organizational_unit text not null,
        root_pem text,
        clean_up text not null check (clean_up in ('delete', 'disable')),
        has_portless_name boolean not null,
        allows_rc4 boolean not null,
        changed_at timestamptz not null,
        answered_at timestamptz,
        failed_at timestamptz,
        error jsonb
      )`.execute(db);
    await sql`
      create table directory_secrets (
        realm text primary key,
        sealed bytea not null,
        changed_at timestamptz not null
      )`.execute(db);
    await sql`
      create table directory_objects (
        device uuid primary key,
        realm text not null references directories (realm),
        account text not null,
        object_id text not null,
        dn text not null,
        dns_name text not null,
        service_names jsonb not null,
        encryption text not null,
        key_version bigint not null,
        password_set_at timestamptz not null
      )`.execute(db);
    await sql`create index directory_objects_by_age on directory_objects (realm, password_set_at)`.execute(db);
    // The code knows the kinds; the table only refuses what is none.
    await sql`alter table device_secrets drop constraint device_secrets_kind_check`.execute(db);
    await sql`
      alter table device_secrets add constraint device_secrets_kind_check
      check (kind ~ '^[a-z0-9-]+$' or kind like 'account/_%')`.execute(db);
  },
};
