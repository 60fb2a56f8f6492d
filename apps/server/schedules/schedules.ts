import { randomUUID } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { Caller } from "../access/access.ts";
import type { Audit } from "../audit/audit.ts";
import { fail as forbidden } from "../errors.ts";
import type { Runs } from "../runs/runs.ts";
import { fail } from "./errors.ts";
import { previewOf } from "./preview.ts";
import {
  askedBy,
  verdictOn,
  workInWords,
  type Fire,
  type Schedule,
  type ScheduleSettings,
  type TimePreview,
  type WindowSettings,
} from "./schedule.ts";
import { SchedulesStore, type FireRow, type ScheduleRow } from "./schedules.store.ts";
import { fireLane, firesLane } from "./schedules.work.ts";
import { checkTime, firesIn, isOpen, nextFire, openingsIn, opensAfter } from "./times.ts";
import { Windows } from "./windows.ts";

export interface SchedulesDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly runs: Runs;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often it is looked whose time has come. Chosen: a start so late matters to nobody, and a look is one index. */
const lookMs = 5_000;
const dayMs = 86_400_000;
/** For how long the times that came are kept. Chosen: as long as ended runs. */
const keptMs = 180 * dayMs;
const mostSpanMs = 400 * dayMs;
/** In one calendar. */
const mostFires = 2_000;

/** Who wants it, as far as a schedule asks. */
type Person = Pick<Caller, "actor" | "permissions">;

/**
 * When runs are started without anybody. A schedule's next time lies in its row; whoever first finds that it has come moves the row on, notes the time
 * and queues the start, in one transaction: so each time counts once, however many servers look, and a start survives its server.
 */
export class Schedules {
  readonly #deps: SchedulesDeps;
  readonly #store: SchedulesStore;
  /** When disruptive work may happen. */
  readonly windows: Windows;

  constructor(deps: SchedulesDeps) {
    this.#deps = deps;
    this.#store = new SchedulesStore(deps.postgres);
    this.windows = new Windows(deps, this.#store);
  }

  async prepare(): Promise<void> {
    await this.#deps.work.define(firesLane, fireLane(this.#deps, this.#store));
  }

  /** Looks now, for what was missed while no server ran, and from then on. @returns ends that */
  maintain(): () => void {
    const { clock, log } = this.#deps;
    const look = (): void => {
      this.fireDue().catch((error: unknown) => log.error("schedules that are due cannot be started", { error }));
    };
    look();
    return clock.every(lookMs, look);
  }

  /** Queues what is due now. */
  async fireDue(): Promise<void> {
    const now = new Date(this.#deps.clock.now());
    for (const name of await this.#store.due(now)) await this.#fire(name, now);
    await this.#store.removeFires(new Date(now.getTime() - keptMs));
  }

  async list(): Promise<Schedule[]> {
    return Promise.all((await this.#store.list()).map((row) => this.#shown(row)));
  }

  /** @throws schedules.unknown (caller) */
  async show(name: string): Promise<Schedule> {
    return this.#shown(await this.#row(name));
  }

  /** Newest first. @throws schedules.unknown (caller) */
  async fires(name: string, limit: number): Promise<Fire[]> {
    return (await this.#store.fires((await this.#row(name)).name, limit)).map(fireOf);
  }

  /** @throws schedules.*, collections.unknown, jobs.unknown, jobs.version.unknown, runs.parameter.invalid, access.forbidden (caller) */
  async create(person: Person, name: string, settings: ScheduleSettings): Promise<Schedule> {
    const row = { name, ...(await this.#checked(person, settings)) };
    const { postgres, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      if (!(await this.#store.insert(tx, row))) throw fail("schedules.taken", { details: { schedule: name } });
      const summary = `Made schedule "${name}"`;
      await audit.write(tx, { actor: person.actor, action: "schedule.created", summary, details: said(row) });
    });
    return this.show(name);
  }

  /** @throws as create(), schedules.unknown (caller) */
  async change(person: Person, name: string, settings: ScheduleSettings): Promise<Schedule> {
    const change = await this.#checked(person, settings);
    const { postgres, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      const before = await this.#row(name, tx);
      await this.#store.change(tx, before.name, change);
      const summary = `Changed schedule "${before.name}"`;
      const details = said({ ...change, name: before.name });
      await audit.write(tx, { actor: person.actor, action: "schedule.changed", summary, details });
    });
    return this.show(name);
  }

  /** @throws schedules.unknown (caller) */
  async remove(actor: string, name: string): Promise<void> {
    const { postgres, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      const row = await this.#row(name, tx);
      await this.#store.remove(tx, row.name);
      const summary = `Removed schedule "${row.name}"`;
      await audit.write(tx, { actor, action: "schedule.removed", summary, details: { schedule: row.name } });
    });
  }

  /** Schedules that start the job of that name, on or off. */
  async startingJob(tx: Tx, job: string): Promise<readonly string[]> {
    return (await this.#store.startingJob(tx, job)).map(({ name }) => name);
  }

  /** What is to come in a span, of one schedule or all. @throws schedules.span.invalid, schedules.unknown (caller) */
  async calendar(span: { readonly from: string; readonly to: string; readonly schedule?: string }): Promise<{
    readonly fires: { readonly schedule: string; readonly at: string }[];
    readonly windows: { readonly window: string; readonly from: string; readonly to: string }[];
    readonly isCut: boolean;
  }> {
    const [fromMs, toMs] = [Date.parse(span.from), Date.parse(span.to)];
    if (!(fromMs < toMs && toMs - fromMs <= mostSpanMs)) {
      throw fail("schedules.span.invalid", { details: { from: span.from, to: span.to } });
    }
    const limits = { fromMs, toMs, most: mostFires };
    const rows = span.schedule === undefined ? await this.#store.list() : [await this.#row(span.schedule)];
    const windows = new Map((await this.#store.windows()).map(({ name, settings }) => [name, settings]));
    const fires = rows
      .filter(({ settings }) => settings.isOn)
      .flatMap(({ name, settings, maintenance_window: window }) =>
        firesIn(settings.at, window === null ? undefined : windows.get(window), limits).map((at) => ({
          schedule: name,
          at: new Date(at).toISOString(),
        })),
      )
      .toSorted((a, b) => a.at.localeCompare(b.at));
    const openings = [...windows].flatMap(([window, settings]) =>
      openingsIn(settings, limits).map(({ from, to }) => {
        return { window, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      }),
    );
    return { fires: fires.slice(0, mostFires), windows: openings, isCut: fires.length > mostFires };
  }

  /** What a time would come to; nothing is stored. @throws schedules.cron.invalid, schedules.time-zone.unknown, schedules.window.unknown (caller) */
  async preview({ at, window: name }: Pick<ScheduleSettings, "at" | "window">): Promise<TimePreview> {
    checkTime(at);
    const window = name === null ? undefined : (await this.windows.get(name)).settings;
    return previewOf(at, window, this.#deps.clock.now());
  }

  async #fire(name: string, now: Date): Promise<void> {
    const { postgres, work, log } = this.#deps;
    await postgres.transaction(async (tx) => {
      const row = await this.#store.get(name, tx);
      // Another server was quicker, or somebody has changed it.
      if (row === undefined || row.next_at === null || row.next_at > now) return;
      const { settings, next_at: dueAt } = row;
      const window = await this.#windowOf(row, tx);
      // One that is late may not run outside its window either: it is judged by when that opens.
      const isShut = window !== undefined && !isOpen(window, now.getTime());
      const startMs = isShut ? opensAfter(window, now.getTime()) : now.getTime();
      const isRun = verdictOn(settings.missed, startMs - dueAt.getTime()) === "run";
      const next = isRun && isShut ? startMs : nextFire(settings.at, window, now.getTime());
      await this.#store.change(tx, row.name, { next_at: next === undefined ? null : new Date(next) });
      if (isRun && isShut) return;
      const id = randomUUID();
      const fire = { id, schedule: row.name, due_at: dueAt, at: now, outcome: isRun ? "due" : "missed" } as const;
      if (!(await this.#store.insertFire(tx, fire))) return;
      if (isRun) await work.send(firesLane, { fire: id }, { tx, key: id });
      else log.warn("a schedule's time was missed", { schedule: row.name, dueAt: dueAt.toISOString() });
    });
  }

  /** What the row is to hold. */
  async #checked(person: Person, settings: ScheduleSettings): Promise<Omit<ScheduleRow, "name">> {
    const { work, target, at, isOn, reason } = settings;
    const needs = await this.#deps.runs.needsOf(askedBy(work));
    const missing = needs.permissions.find((one) => !person.permissions.includes(one));
    if (missing !== undefined) throw forbidden("access.forbidden", { details: { permission: missing } });
    if (needs.reason && reason.trim() === "") {
      throw fail("schedules.reason.missing", { details: { work: workInWords(work) } });
    }
    await this.#deps.runs.plan({ ...askedBy(work), target });
    checkTime(at);
    const window = settings.window === null ? undefined : await this.windows.get(settings.window);
    const now = this.#deps.clock.now();
    const next = isOn ? nextFire(at, window?.settings, now) : undefined;
    if (isOn && next === undefined) throw fail("schedules.past", { details: { at: "once" in at ? at.once : at.cron } });
    return {
      settings: { ...settings, window: window?.name ?? null },
      maintenance_window: window?.name ?? null,
      next_at: next === undefined ? null : new Date(next),
      changed_at: new Date(now),
      changed_by: person.actor,
    };
  }

  async #windowOf({ maintenance_window: name }: ScheduleRow, tx?: Tx): Promise<WindowSettings | undefined> {
    return name === null ? undefined : (await this.#store.window(name, tx))?.settings;
  }

  async #row(name: string, tx?: Tx): Promise<ScheduleRow> {
    const row = await this.#store.get(name, tx);
    if (row === undefined) throw fail("schedules.unknown", { details: { schedule: name } });
    return row;
  }

  async #shown(row: ScheduleRow): Promise<Schedule> {
    const [last] = await this.#store.fires(row.name, 1);
    return {
      name: row.name,
      ...row.settings,
      nextAt: row.next_at?.toISOString() ?? null,
      last: last === undefined ? null : fireOf(last),
      changedAt: row.changed_at.toISOString(),
      changedBy: row.changed_by,
    };
  }
}

function fireOf({ id, due_at: dueAt, at, outcome, error }: FireRow): Fire {
  const run = outcome === "started" ? id : null;
  const report = error === null ? null : { ...error, details: { ...error.details } };
  return { dueAt: dueAt.toISOString(), at: at.toISOString(), outcome, run, error: report };
}

function said({ name, settings, next_at: nextAt }: ScheduleRow) {
  const { work, at, window, isOn } = settings;
  const times = "once" in at ? { once: at.once } : { cron: at.cron, timeZone: at.timeZone };
  return { schedule: name, work: workInWords(work), ...times, window, isOn, nextAt: nextAt?.toISOString() ?? null };
}
