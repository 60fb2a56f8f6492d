import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Jobs with a name, and all their versions. `json`, not `jsonb`: the choices of a step stay in the order in which they were written. */
export const namedJobs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table jobs (name text primary key, version integer not null)`.execute(db);
    await sql`create unique index jobs_name on jobs (lower(name))`.execute(db);
    await sql`
      create table job_versions (
        job text not null references jobs (name) on delete cascade,
        version integer not null,
        definition json not null,
        changed_at timestamptz not null,
        changed_by text not null,
        comment text,
        primary key (job, version)
      )`.execute(db);
  },
};
