import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Sealed secrets of devices, Vigil's authorities, its setup certificates, and what was issued. */
export const credentials: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table device_secrets (
        id uuid primary key,
        device uuid not null,
        kind text not null check (kind in ('admin-password', 'mebx-password')),
        state text not null check (state in ('pending', 'applied', 'confirmed', 'previous')),
        sealed bytea not null,
        made_at timestamptz not null,
        changed_at timestamptz not null,
        unique (device, kind, state)
      )`.execute(db);
    // A device has at most one secret that it may or may not have taken over.
    await sql`
      create unique index device_secrets_one_open on device_secrets (device, kind)
      where state in ('pending', 'applied')`.execute(db);
    await sql`
      create table authorities (
        name text primary key,
        certificate_pem text not null,
        sealed_key bytea not null,
        made_at timestamptz not null
      )`.execute(db);
    await sql`
      create table setup_certificates (
        id uuid primary key,
        own_suffix text unique,
        chain_pem text not null,
        sealed_key bytea not null,
        fingerprint text not null unique,
        root_sha1 text not null,
        root_sha256 text not null,
        root_sha384 text not null,
        expires_at timestamptz not null,
        added_at timestamptz not null
      )`.execute(db);
    await sql`
      create table issued_certificates (
        serial text primary key,
        device uuid not null,
        subject text not null,
        fingerprint text not null unique,
        issued_at timestamptz not null,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index issued_certificates_device on issued_certificates (device, issued_at desc)`.execute(db);
  },
};
