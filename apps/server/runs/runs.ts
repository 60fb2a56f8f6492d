import { randomUUID } from "node:crypto";
import { csvOf } from "@vigil/api/csv.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import { limitsInForce } from "@vigil/api/resources/job-definition.ts";
import { needsReason, permissionsOf } from "@vigil/api/resources/job-check.ts";
import type { Permission } from "@vigil/api/route.ts";
import type { StepCounts } from "@vigil/api/resources/runs.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { Caller } from "../access/access.ts";
import type { Audit } from "../audit/audit.ts";
import type { Collections } from "../collections/collections.ts";
import type { DeviceName } from "../devices/devices.ts";
import type { Events } from "../events.ts";
import { Courses } from "./engine/course.ts";
import { outlineOf } from "./engine/outline.ts";
import { fail } from "./errors.ts";
import { boundedBy, type FleetLimits } from "./fleet-limits.ts";
import { Feed } from "./feed.ts";
import { FeedStore } from "./feed.store.ts";
import { Moves } from "./moves.ts";
import { MovesStore } from "./moves.store.ts";
import { Rates } from "./rates.ts";
import { keepRuns } from "./retention.ts";
import {
  targetInWords,
  titleOf,
  type NewRun,
  type Run,
  type RunPlan,
  type RunResult,
  type Target,
  type TrailEntry,
} from "./run.ts";
import { RunsStore, type ResultFilter } from "./runs.store.ts";
import { defineItemLanes } from "./runs.work.ts";
import { exportHeading, exportRow, pastOf, resultOf, runOf, stepsIn, trailOf, type PastItem } from "./shown.ts";
import {
  checkCaller,
  itemsOf,
  planOf,
  rowOf,
  startedEntry,
  wantedBy,
  type HasImage,
  type JobNamed,
  type Known,
  type Wanted,
} from "./start.ts";
import { Steering } from "./steering.ts";
import type { StepDeps } from "./steps/step.ts";
import type { RunRow } from "./tables.ts";
import { waveSizes } from "./waves.ts";

export { isRunLane } from "./runs.work.ts";
export type { OperationName, Parameters, Target } from "./run.ts";
export { unknownImages } from "./start.ts";
export type { FleetLimits } from "./fleet-limits.ts";
export type { HasImage, JobNamed } from "./start.ts";

export interface RunsDeps extends StepDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly events: Events;
  readonly log: Log;
  readonly collections: Collections;
  readonly audit: Audit;
  readonly hasImage: HasImage;
  /** For all runs together. */
  readonly fleetLimits: FleetLimits;
  /** Days that runs are kept after their end. */
  readonly keptDays: number;
}

type Starter = Pick<Caller, "actor" | "permissions">;

/** Chosen: a fleet and then some; a run of more is split by its starter. */
const mostDevices = 100_000;
/** Results in one page of an export. */
const exportPage = 5_000;

/** Definitions carried out on many devices, with an exact trail for each. */
export class Runs {
  readonly #deps: RunsDeps;
  readonly #store: RunsStore;
  readonly #movesStore: MovesStore;
  readonly #courses: Courses;
  readonly #rates: Rates;
  readonly #moves: Moves;
  readonly #feed: Feed;
  readonly #known: Omit<Known, "jobNamed"> & { jobNamed: JobNamed };
  /** Pausing, resuming, approving and cancelling. */
  readonly steering: Steering;

  constructor(deps: RunsDeps) {
    this.#deps = deps;
    this.#known = {
      jobNamed: (job) => Promise.reject(fail("runs.kind.unclear", { details: { job } })),
      hasImage: deps.hasImage,
      fleetLimits: deps.fleetLimits,
    };
    this.#store = new RunsStore(deps.postgres);
    const feedStore = new FeedStore(deps.postgres);
    this.#movesStore = new MovesStore(deps.postgres);
    this.#courses = new Courses(this.#store);
    this.#rates = new Rates(deps.clock);
    this.#moves = new Moves({ ...deps, rates: this.#rates }, this.#movesStore);
    this.#feed = new Feed({ ...deps, courses: this.#courses, moves: this.#moves }, feedStore);
    const more = { store: this.#store, feedStore, feed: this.#feed, show: (id: string) => this.show(id) };
    this.steering = new Steering({ ...deps, ...more });
  }

  async prepare(): Promise<void> {
    const deps = { ...this.#deps, courses: this.#courses, moves: this.#moves };
    await defineItemLanes(this.#deps.work, deps, this.#movesStore);
  }

  /** Begins to lead open runs, and to remove those that ended long ago. @returns ends it */
  begin(): () => void {
    const ends = [this.#feed.begin(), keepRuns(this.#deps, this.#store)];
    return () => ends.forEach((end) => end());
  }

  /** Who knows jobs by name: a room above. */
  useJobs(jobNamed: JobNamed): void {
    this.#known.jobNamed = jobNamed;
  }

  /**
   * Starts a run. The run, its items and the audit entry are one transaction; its devices are queued from there, whatever becomes of this process.
   * @param asked `id` is a uuid of the starter's choosing: where a run has it already, that one is meant and nothing is started
   * @throws runs.kind.unclear, runs.target.unclear, runs.parameter.invalid, runs.definition.invalid, runs.reason.missing, devices.unknown, collections.unknown,
   * filter.*, access.forbidden (caller)
   */
  async start(caller: Starter, asked: NewRun & { readonly id?: string }): Promise<Run> {
    const { id = randomUUID() } = asked;
    const known = asked.id === undefined ? undefined : await this.#store.get(id);
    if (known !== undefined) return this.show(id);
    const wanted = await wantedBy(asked, this.#known);
    checkCaller(caller, wanted, asked.reason);
    const devices = await this.#targets(asked.target);
    const target = targetInWords(asked.target, namesOf(devices));
    const title = asked.title ?? titleOf(wanted, wanted.definition, target);
    const startsAt = asked.startsAt === undefined ? null : new Date(asked.startsAt);
    const more = { startsAt, reason: asked.reason ?? null, retryOf: null };
    return this.#insert(caller.actor, { id, wanted, devices, target, title, ...more });
  }

  /** What starting that takes, for who starts it later. @throws as start(), but for its target */
  async needsOf(
    asked: Omit<NewRun, "target">,
  ): Promise<{ readonly permissions: readonly Permission[]; readonly reason: boolean }> {
    const { definition } = await wantedBy(asked, this.#known);
    return { permissions: permissionsOf(definition), reason: needsReason(definition) };
  }

  /** What a run would do; no device is asked. @throws as start() */
  async plan(asked: NewRun): Promise<RunPlan> {
    const wanted = await wantedBy(asked, this.#known);
    return planOf(wanted, await this.#targets(asked.target));
  }

  /** Starts the same on those devices of an ended run. @throws runs.unknown, runs.state.wrong, runs.retry.none (caller) and as start() */
  async retry(caller: Starter, id: string, outcome: "failed" | "unknown" | "cancelled"): Promise<Run> {
    const row = await this.#store.known(id);
    if (row.finished_at === null) throw fail("runs.state.wrong", { details: { run: id, state: row.state } });
    const { definition, limits, operation, job, job_version: jobVersion, reason } = row;
    const wanted: Wanted = {
      definition,
      limits: boundedBy(this.#deps.fleetLimits, definition, limitsInForce(limits)),
      operation,
      job,
      jobVersion,
    };
    checkCaller(caller, wanted, reason ?? undefined);
    const { items } = await this.#store.results(id, { outcome, limit: mostDevices, offset: 0 });
    if (items.length === 0) throw fail("runs.retry.none", { details: { run: id, outcome } });
    const devices = await this.#deps.devices.find(items.map(({ device }) => device));
    const title = `Again where ${outcome}: ${row.title}`.slice(0, 200);
    const target = targetInWords({}, namesOf(devices));
    const more = { startsAt: null, reason, retryOf: id };
    return this.#insert(caller.actor, { id: randomUUID(), wanted, devices, target, title, ...more });
  }

  /** @throws runs.unknown (caller) */
  async show(id: string): Promise<Run> {
    const [run] = await this.#shown([await this.#store.known(id)]);
    if (run === undefined) throw fail("runs.unknown", { details: { run: id } });
    return run;
  }

  /** Newest first. */
  async list(limit: number): Promise<{ readonly items: Run[]; readonly total: number }> {
    return { items: await this.#shown(await this.#store.runs({ limit })), total: await this.#store.count() };
  }

  /** Those of them that exist. */
  async runsOf(ids: readonly string[]): Promise<Run[]> {
    return ids.length === 0 ? [] : this.#shown(await this.#store.runs({ ids, limit: ids.length }));
  }

  runningCount(): Promise<number> {
    return this.#store.openCount();
  }

  /** @throws runs.unknown (caller) */
  async results(id: string, filter: ResultFilter): Promise<{ readonly items: RunResult[]; readonly total: number }> {
    const outline = outlineOf((await this.#store.known(id)).definition);
    const { items, total } = await this.#store.results(id, filter);
    return { items: items.map((one) => resultOf(one, outline)), total };
  }

  /** What the run did to one device, step by step. @throws runs.unknown, runs.result.unknown (caller) */
  async trail(id: string, device: string): Promise<{ readonly result: RunResult; readonly items: TrailEntry[] }> {
    const outline = outlineOf((await this.#store.known(id)).definition);
    const { items } = await this.#store.results(id, { devices: [device], limit: 1, offset: 0 });
    const [item] = items;
    if (item === undefined) throw fail("runs.result.unknown", { details: { run: id, device } });
    const rows = await this.#store.stepsOf(id, device);
    return { result: resultOf(item, outline), items: trailOf(rows, outline, item.finished_at !== null) };
  }

  /** How many devices stand at each step. @throws runs.unknown (caller) */
  async steps(id: string): Promise<StepCounts[]> {
    const run = await this.show(id);
    return stepsIn(outlineOf(run.definition), run, await this.#store.stepCounts(id));
  }

  /** All results as comma-separated values. @throws runs.unknown (caller) */
  async export(id: string): Promise<{ readonly name: string; readonly csv: string }> {
    const parts = [csvOf([exportHeading])];
    for (let offset = 0; ; offset += exportPage) {
      const { items } = await this.results(id, { limit: exportPage, offset });
      parts.push(csvOf(items.map(exportRow)));
      if (items.length < exportPage) return { name: `run-${id}.csv`, csv: parts.join("") };
    }
  }

  /** What runs did to a device, newest first. */
  async pastOf(device: string, limit: number): Promise<PastItem[]> {
    return (await this.#store.pastOf(device, limit)).map(pastOf);
  }

  async #insert(
    actor: string,
    what: {
      readonly id: string;
      readonly wanted: Wanted;
      readonly devices: readonly DeviceName[];
      readonly target: string;
      readonly title: string;
      readonly startsAt: Date | null;
      readonly reason: string | null;
      readonly retryOf: string | null;
    },
  ): Promise<Run> {
    const { postgres, events, clock } = this.#deps;
    const { id, wanted, devices, target, title, startsAt, reason, retryOf } = what;
    const at = new Date(clock.now());
    const sizes = waveSizes(devices.length, wanted.limits);
    const siteOf = wanted.limits.atOncePerSite === undefined ? () => "" : await this.#deps.provisioning.sites.places();
    const when = { sizes, startsAt, now: at.getTime(), random: Math.random, siteOf };
    const items = itemsOf(devices, wanted.limits, when);
    const row = rowOf({ id, actor, wanted, title, target, total: devices.length, startsAt, reason, retryOf }, at);
    await postgres.transaction(async (tx) => {
      await this.#store.insert(tx, row, items, sizes);
      await this.#deps.audit.write(tx, startedEntry(row));
      tx.afterCommit(() => {
        events.publish({ kind: "run", id });
        this.#feed.wake(id);
      });
    });
    return this.show(id);
  }

  async #shown(rows: readonly RunRow[]): Promise<Run[]> {
    const waves = await this.#store.wavesOf(rows.map(({ id }) => id));
    return rows.map((row) => runOf(row, waves.get(row.id) ?? [], this.#rates.of(row.id)));
  }

  async #targets({ devices: names, collection, filter: text }: Target): Promise<readonly DeviceName[]> {
    const { devices, collections } = this.#deps;
    if ([names, collection, text].filter((one) => one !== undefined).length !== 1) throw fail("runs.target.unclear");
    if (names !== undefined) return devices.find(names);
    if (text !== undefined) {
      return devices.namesIn({ where: await collections.resolved(parseFilter(text)) }, mostDevices);
    }
    const filter = await collections.filterOf(collection ?? "");
    return devices.namesIn(filter, mostDevices);
  }
}

function namesOf(devices: readonly DeviceName[]): readonly string[] {
  return devices.map((one) => one.hostName ?? one.address);
}
