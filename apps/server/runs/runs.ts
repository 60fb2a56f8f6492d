import { randomUUID } from "node:crypto";
import { csvOf } from "@vigil/api/csv.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import { operations } from "@vigil/api/operations.ts";
import { needsReason, permissionsOf } from "@vigil/api/resources/job-check.ts";
import type { Permission } from "@vigil/api/route.ts";
import type { StepCounts } from "@vigil/api/resources/runs.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { Caller } from "../access/access.ts";
import type { Audit } from "../audit/audit.ts";
import type { Collections } from "../collections/collections.ts";
import type { DeviceName } from "../devices/devices.ts";
import type { Events } from "../events.ts";
import { Courses } from "./engine/course.ts";
import { outlineOf, powerMoversIn } from "./engine/outline.ts";
import { fail } from "./errors.ts";
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
  needsApproval,
  planOf,
  wantedBy,
  type HasImage,
  type JobNamed,
  type Wanted,
} from "./start.ts";
import type { StepDeps } from "./steps/step.ts";
import type { RunRow } from "./tables.ts";
import { waveSizes } from "./waves.ts";

export { isRunLane } from "./runs.work.ts";
export type { OperationName, Parameters, Target } from "./run.ts";
export { unknownImages } from "./start.ts";
export type { HasImage, JobNamed } from "./start.ts";

export interface RunsDeps extends StepDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly events: Events;
  readonly log: Log;
  readonly collections: Collections;
  readonly audit: Audit;
  readonly hasImage: HasImage;
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
  readonly #feedStore: FeedStore;
  readonly #movesStore: MovesStore;
  readonly #courses: Courses;
  readonly #rates: Rates;
  readonly #moves: Moves;
  readonly #feed: Feed;
  readonly #known: { jobNamed: JobNamed; readonly hasImage: HasImage };

  constructor(deps: RunsDeps) {
    this.#deps = deps;
    this.#known = {
      jobNamed: (job) => Promise.reject(fail("runs.kind.unclear", { details: { job } })),
      hasImage: deps.hasImage,
    };
    this.#store = new RunsStore(deps.postgres);
    this.#feedStore = new FeedStore(deps.postgres);
    this.#movesStore = new MovesStore(deps.postgres);
    this.#courses = new Courses(this.#store);
    this.#rates = new Rates(deps.clock);
    this.#moves = new Moves({ ...deps, rates: this.#rates }, this.#movesStore);
    this.#feed = new Feed({ ...deps, courses: this.#courses, moves: this.#moves }, this.#feedStore);
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
    const row = await this.#row(id);
    if (row.finished_at === null) throw fail("runs.state.wrong", { details: { run: id, state: row.state } });
    const { definition, limits, operation, job, job_version: jobVersion, reason } = row;
    const wanted: Wanted = { definition, limits, operation, job, jobVersion };
    checkCaller(caller, wanted, reason ?? undefined);
    const { items } = await this.#store.results(id, { outcome, limit: mostDevices, offset: 0 });
    if (items.length === 0) throw fail("runs.retry.none", { details: { run: id, outcome } });
    const devices = await this.#deps.devices.find(items.map(({ device }) => device));
    const title = `Again where ${outcome}: ${row.title}`.slice(0, 200);
    const target = targetInWords({}, namesOf(devices));
    const more = { startsAt: null, reason, retryOf: id };
    return this.#insert(caller.actor, { id: randomUUID(), wanted, devices, target, title, ...more });
  }

  /** Steps under way end; nothing new begins. @throws runs.unknown, runs.state.wrong (caller) */
  async pause(actor: string, id: string): Promise<Run> {
    return this.#change(id, ["running"], async (tx, run) => {
      await this.#feedStore.change(tx, id, { state: "paused", paused_because: `${actor} paused it` });
      await this.#note(tx, actor, "run.paused", `Paused "${run.title}"`, run);
    });
  }

  /** A paused run goes on: what it was paused for is accepted. @throws runs.unknown, runs.state.wrong (caller) */
  async resume(actor: string, id: string): Promise<Run> {
    return this.#change(id, ["paused"], async (tx, run) => {
      const state = run.asked_first ? "approval" : "running";
      await this.#feedStore.change(tx, id, { state, paused_because: null, accepted_wave: run.wave });
      await this.#note(tx, actor, "run.resumed", `Resumed "${run.title}"`, run);
    });
  }

  /** A second person says yes. @throws runs.unknown, runs.state.wrong, runs.approval.own (caller) */
  async approve(actor: string, id: string): Promise<Run> {
    return this.#change(id, ["approval", "running"], async (tx, run) => {
      const { asked_first: isFirst, asked_step: step, approved } = run;
      if (!isFirst && step === null) throw fail("runs.state.wrong", { details: { run: id, state: run.state } });
      if (actor === run.started_by) throw fail("runs.approval.own", { details: { run: id, startedBy: actor } });
      const passed = isFirst || step === null ? approved : [...approved, step];
      const change = { state: "running", asked_first: false, approved: passed } as const;
      await this.#feedStore.change(tx, id, isFirst ? change : { ...change, asked_step: null });
      await this.#note(tx, actor, "run.approved", `Approved "${run.title}", which ${run.started_by} started`, run);
    });
  }

  /**
   * Devices that have not been asked are left alone, and no further step begins. Where the definition puts power back, machines that this run has
   * switched get theirs, unless they are left as they are; who cancels a second time may still say so.
   * @throws runs.unknown (caller)
   */
  async cancel(actor: string, id: string, leavesPower = false): Promise<Run> {
    const row = await this.#row(id);
    const isSaid = row.state === "cancelled" && (row.leaves_power || !leavesPower);
    if (row.finished_at !== null || isSaid) return this.show(id);
    const movers = leavesPower ? [] : powerMoversIn(outlineOf(row.definition));
    return this.#change(id, ["running", "paused", "approval", "cancelled"], async (tx, run) => {
      const none = { paused_because: null, asked_first: false, asked_step: null } as const;
      await this.#feedStore.change(tx, id, { ...none, state: "cancelled", leaves_power: leavesPower });
      const count = await this.#feedStore.cancel(tx, id, new Date(this.#deps.clock.now()), movers);
      const left = leavesPower ? ", and machines stay as they are" : "";
      const summary = `Cancelled "${run.title}": ${count} of ${run.total} devices are left alone${left}`;
      await this.#note(tx, actor, "run.cancelled", summary, run, { cancelled: count, leavesPower });
    });
  }

  /** @throws runs.unknown (caller) */
  async show(id: string): Promise<Run> {
    const [run] = await this.#shown([await this.#row(id)]);
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
    const outline = outlineOf((await this.#row(id)).definition);
    const { items, total } = await this.#store.results(id, filter);
    return { items: items.map((one) => resultOf(one, outline)), total };
  }

  /** What the run did to one device, step by step. @throws runs.unknown, runs.result.unknown (caller) */
  async trail(id: string, device: string): Promise<{ readonly result: RunResult; readonly items: TrailEntry[] }> {
    const outline = outlineOf((await this.#row(id)).definition);
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
    const { definition, limits, operation, job, jobVersion } = wanted;
    const at = new Date(clock.now());
    const total = devices.length;
    const sizes = waveSizes(total, limits);
    const asksFirst = needsApproval(limits, total);
    const items = itemsOf(devices, limits, { sizes, startsAt, now: at.getTime(), random: Math.random });
    const fresh = { paused_because: null, wave: 1, accepted_wave: 0, next_begin_at: null, asked_step: null } as const;
    const row: RunRow = {
      ...fresh,
      id,
      title,
      operation,
      job,
      job_version: jobVersion,
      definition,
      limits,
      target,
      started_by: actor,
      reason,
      retry_of: retryOf,
      state: total === 0 ? "finished" : asksFirst ? "approval" : "running",
      starts_at: startsAt,
      asked_first: asksFirst,
      approved: [],
      leaves_power: false,
      put_back: null,
      total,
      created_at: at,
      finished_at: total === 0 ? at : null,
    };
    await postgres.transaction(async (tx) => {
      await this.#store.insert(tx, row, items, sizes);
      const verb = operation === null ? title : operations[operation].verb;
      const summary = `${verb} on ${total === 1 ? target : `${total} devices`}`;
      const [first] = definition.steps;
      const given = first !== undefined && "do" in first ? Object.entries(first.with ?? {}) : [];
      const choices = operation === null ? [] : given.map(([name, value]) => `${name}=${value}`);
      const details = { run: id, operation, job, jobVersion, choices, target, total, reason, retryOf };
      await this.#deps.audit.write(tx, { actor, action: "run.started", summary, details });
      tx.afterCommit(() => {
        events.publish({ kind: "run", id });
        this.#feed.wake(id);
      });
    });
    return this.show(id);
  }

  /** Changes where a run stands, which nobody else does meanwhile. */
  async #change(
    id: string,
    from: readonly Run["state"][],
    change: (tx: Tx, run: RunRow) => Promise<void>,
  ): Promise<Run> {
    await this.#row(id);
    await this.#deps.postgres.transaction(async (tx) => {
      const run = await this.#store.lock(tx, id);
      if (!from.includes(run.state)) throw fail("runs.state.wrong", { details: { run: id, state: run.state } });
      await change(tx, run);
      tx.afterCommit(() => {
        this.#deps.events.publish({ kind: "run", id });
        this.#feed.wake(id);
      });
    });
    return this.show(id);
  }

  #note(tx: Tx, actor: string, action: string, summary: string, run: RunRow, more: object = {}): Promise<void> {
    return this.#deps.audit.write(tx, { actor, action, summary, details: { run: run.id, ...more } });
  }

  async #row(id: string): Promise<RunRow> {
    const row = isId(id) ? await this.#store.get(id) : undefined;
    if (row === undefined) throw fail("runs.unknown", { details: { run: id } });
    return row;
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

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}
