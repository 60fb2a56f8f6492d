import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Policies, their rounds, and how each device stood when it was last looked at. */
export const policies: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table policies (
        name text primary key,
        settings jsonb not null,
        next_at timestamptz,
        changed_at timestamptz not null,
        changed_by text not null
      )`.execute(db);
    await sql`create unique index policies_name on policies (lower(name))`.execute(db);
    await sql`
      create table policy_rounds (
        id uuid primary key,
        policy text not null references policies (name) on delete cascade,
        state text not null check (state in ('looking', 'remedying', 'looking-again', 'done')),
        settings jsonb not null,
        started_by text not null,
        started_at timestamptz not null,
        ended_at timestamptz,
        look_run uuid,
        remedy_run uuid,
        again_run uuid,
        found jsonb,
        remaining jsonb,
        withheld text not null
      )`.execute(db);
    await sql`create index policy_rounds_policy on policy_rounds (policy, started_at desc)`.execute(db);
    // One round of a policy at a time, whoever begins it.
    await sql`create unique index policy_rounds_one on policy_rounds (policy) where state <> 'done'`.execute(db);
    await sql`
      create table policy_findings (
        policy text not null references policies (name) on delete cascade,
        device uuid not null references devices (uuid) on delete cascade,
        standing text not null check (standing in ('compliant', 'deviating', 'unknown')),
        since timestamptz not null,
        looked_at timestamptz not null,
        error jsonb,
        primary key (policy, device)
      )`.execute(db);
    await sql`create index policy_findings_standing on policy_findings (policy, standing)`.execute(db);
    await sql`create index policy_findings_device on policy_findings (device)`.execute(db);
  },
};
