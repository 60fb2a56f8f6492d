import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Runs of several steps: what each does is kept with it, each step of each device is a row, and waves count their devices. */
export const runSteps: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table runs
        alter column operation drop not null,
        add column job text,
        add column job_version integer,
        add column definition jsonb,
        add column limits jsonb not null default '{}',
        add column retry_of uuid,
        add column paused_because text,
        add column wave integer not null default 1,
        add column accepted_wave integer not null default 0,
        add column starts_at timestamptz,
        add column next_begin_at timestamptz,
        add column asked_first boolean not null default false,
        add column asked_step integer,
        add column approved integer[] not null default '{}',
        drop constraint runs_state_check,
        add check (state in ('running', 'paused', 'approval', 'finished', 'cancelled'))`.execute(db);
    await sql`
      update runs set definition = jsonb_build_object('steps', jsonb_build_array(
        jsonb_build_object('name', operation, 'do', operation, 'with', parameters)))`.execute(db);
    await sql`alter table runs alter column definition set not null, drop column parameters`.execute(db);
    await sql`create index runs_open on runs (id) where finished_at is null`.execute(db);
    await sql`
      alter table run_items
        add column wave integer not null default 1,
        add column site text not null default '',
        add column turn integer not null default 0,
        add column step integer,
        add column power_before text,
        add column is_queued boolean not null default false,
        add column wake_at timestamptz,
        add column waits_for integer`.execute(db);
    await sql`update run_items set is_queued = true where finished_at is null`.execute(db);
    await sql`drop index run_items_outcome`.execute(db);
    await sql`drop index run_items_device`.execute(db);
    await sql`create index run_items_device on run_items (device, finished_at desc) where finished_at is not null`.execute(
      db,
    );
    await sql`
      create index run_items_idle on run_items (run, wave) where finished_at is null and not is_queued`.execute(db);
    await sql`
      create table run_waves (
        run uuid not null references runs (id) on delete cascade,
        wave integer not null,
        total integer not null,
        queued integer not null,
        waiting integer not null,
        running integer not null,
        succeeded integer not null,
        failed integer not null,
        unknown integer not null,
        cancelled integer not null,
        primary key (run, wave)
      )`.execute(db);
    await sql`
      insert into run_waves
      select runs.id, 1, runs.total,
        count(*) filter (where outcome = 'waiting'), count(*) filter (where outcome = 'waiting'),
        count(*) filter (where outcome = 'running'), count(*) filter (where outcome = 'succeeded'),
        count(*) filter (where outcome = 'failed'), count(*) filter (where outcome = 'unknown'),
        count(*) filter (where outcome = 'cancelled')
      from runs left join run_items on run_items.run = runs.id group by runs.id`.execute(db);
    await sql`
      create table run_steps (
        run uuid not null references runs (id) on delete cascade,
        device uuid not null,
        position integer not null,
        attempt integer not null,
        outcome text not null check (outcome in ('waiting', 'running', 'succeeded', 'failed', 'unknown', 'skipped')),
        answer text,
        error jsonb,
        started_at timestamptz,
        finished_at timestamptz,
        primary key (run, device, position, attempt)
      )`.execute(db);
    await sql`
      insert into run_steps
      select run, device, 0, 1, outcome, answer, error, started_at, finished_at from run_items
      where started_at is not null and outcome in ('running', 'succeeded', 'failed', 'unknown')`.execute(db);
    await sql`
      alter table run_items drop constraint run_items_run_fkey,
        add constraint run_items_run_fkey foreign key (run) references runs (id) on delete cascade`.execute(db);
  },
};
