import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Authorities for the devices' certificates, several of them; what became of each certificate; revocation lists. */
export const authorities: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table device_authorities (
        id uuid primary key,
        name text not null,
        kind text not null check (kind in ('own', 'outside')),
        state text not null check (state in ('draft', 'waiting', 'ready', 'in-use', 'retired')),
        common_name text not null,
        organization text not null,
        chain_pem text,
        request_pem text,
        sealed_key bytea,
        sealed_root_key bytea,
        renews uuid references device_authorities (id),
        expires_at timestamptz,
        warned_days integer,
        made_at timestamptz not null,
        changed_at timestamptz not null
      )`.execute(db);
    await sql`create unique index device_authorities_name on device_authorities (lower(name))`.execute(db);
    await sql`
      create unique index device_authorities_one_in_use on device_authorities (state) where state = 'in-use'`.execute(
      db,
    );
    await sql`
      create table revocation_lists (
        authority uuid primary key references device_authorities (id),
        number bigint not null,
        der bytea not null,
        is_stale boolean not null,
        made_at timestamptz not null,
        next_update timestamptz not null
      )`.execute(db);
    // Which authority it was, the server's next start writes down: this one must not open keys.
    await sql`
      alter table issued_certificates
        add column authority uuid references device_authorities (id),
        add column shown_at timestamptz,
        add column replaced_at timestamptz,
        add column revoked_at timestamptz,
        add column reason text`.execute(db);
    await sql`update issued_certificates set shown_at = issued_at`.execute(db);
    await sql`
      create index issued_certificates_standing on issued_certificates (authority, device) where replaced_at is null`.execute(
      db,
    );
    await sql`
      create index issued_certificates_revoked on issued_certificates (authority) where revoked_at is not null`.execute(
      db,
    );
    await sql`
      alter table manager_certificates
        add column authority uuid references device_authorities (id),
        add column serial text,
        add column issued_at timestamptz,
        add column revoked_at timestamptz,
        add column reason text`.execute(db);
    // A key that was made here for a device that cannot make one; it goes when the device has it.
    await sql`
      create table injected_keys (
        device uuid primary key,
        sealed bytea not null,
        made_at timestamptz not null
      )`.execute(db);
  },
};
