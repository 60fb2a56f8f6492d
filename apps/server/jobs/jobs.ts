import type { Expression } from "@vigil/api/filter/expression.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import { printFilter } from "@vigil/api/filter/print.ts";
import { jobProblems, needsReason, permissionsOf, type JobProblem } from "@vigil/api/resources/job-check.ts";
import type { JobDefinition, StepCondition } from "@vigil/api/resources/job-definition.ts";
import { pathOf, stepInWords, stepsOf, type Place } from "@vigil/api/resources/job-steps.ts";
import { readJobText, textOf } from "@vigil/api/resources/job-text.ts";
import type { CheckedJob, GalleryJob } from "@vigil/api/resources/jobs.ts";
import type { Permission } from "@vigil/api/route.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Collections } from "../collections/collections.ts";
import type { Images } from "../images/images.ts";
import { unknownImages } from "../runs/runs.ts";
import type { Schedules } from "../schedules/schedules.ts";
import { fail } from "./errors.ts";
import { readyJobs } from "./gallery.ts";
import { JobsStore, type JobRow } from "./jobs.store.ts";

export type { JobRow } from "./jobs.store.ts";

export interface JobsDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly collections: Collections;
  readonly images: Pick<Images, "list" | "has">;
  /** They start jobs by name. */
  readonly schedules: Schedules;
  readonly clock: Clock;
}

/** Tries when another server stores a version in between. */
const mostTries = 3;
/** Problems in the details of one error. */
const mostNamed = 20;

/**
 * What runs do, by name. A job is a row of versions that are never changed; a run keeps the definition that it began with. A change names the version
 * that it was made from, so that of two people who edit at once the second is told.
 */
export class Jobs {
  readonly #deps: JobsDeps;
  readonly #store: JobsStore;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
    this.#store = new JobsStore(deps.postgres);
  }

  list(): Promise<JobRow[]> {
    return this.#store.list();
  }

  /** In its newest version. @throws jobs.unknown (caller) */
  async get(name: string, tx?: Tx): Promise<JobRow> {
    const row = await this.#store.get(name, tx);
    if (row === undefined) throw fail("jobs.unknown", { details: { job: name } });
    return row;
  }

  /** @throws jobs.unknown, jobs.version.unknown (caller) */
  async version(name: string, version: number): Promise<JobRow> {
    await this.get(name);
    const row = await this.#store.version(name, version);
    if (row === undefined) throw fail("jobs.version.unknown", { details: { job: name, version } });
    return row;
  }

  /** Newest first. @throws jobs.unknown (caller) */
  async versions(name: string): Promise<JobRow[]> {
    await this.get(name);
    return this.#store.versions(name);
  }

  /** What a job's file says, and what is wrong with it. @param permissions those of whoever asks */
  async check(text: string, permissions: readonly Permission[]): Promise<CheckedJob> {
    const read = readJobText(text);
    const found = read.problems.length > 0 ? [] : await this.#problems(read.definition);
    const problems = [...read.problems, ...found.map((one) => ({ ...one, line: read.lineOf(one.path) }))];
    const name = read.name ?? null;
    if (problems.length > 0) {
      return { name, definition: null, problems, permissions: [], missing: [], needsReason: false };
    }
    // #problems has found it to be one.
    const definition = read.definition as JobDefinition;
    const asked = permissionsOf(definition);
    const missing = asked.filter((one) => !permissions.includes(one));
    return { name, definition, problems, permissions: asked, missing, needsReason: needsReason(definition) };
  }

  /** @throws jobs.taken, jobs.definition.refused (caller) */
  async create(
    actor: string,
    one: { readonly name: string; readonly definition: unknown; readonly comment?: string },
  ): Promise<void> {
    const { name, comment = null } = one;
    const definition = await this.#checked(one.definition);
    await this.#deps.postgres.transaction(async (tx) => {
      if (!(await this.#store.insert(tx, name))) throw fail("jobs.taken", { details: { job: name } });
      await this.#append(tx, 0, { name, definition, comment, changedBy: actor });
      await this.#audit(tx, actor, "job.created", `Made the job ${name}`, { job: name, steps: namesIn(definition) });
    });
  }

  /**
   * Stores the definition as a new version; the same again stores nothing.
   * @throws jobs.unknown, jobs.version.stale, jobs.definition.refused (caller)
   */
  async change(
    actor: string,
    name: string,
    to: { readonly basedOn: number; readonly definition: unknown; readonly comment?: string },
  ): Promise<void> {
    const { basedOn, comment = null } = to;
    const definition = await this.#checked(to.definition);
    await this.#deps.postgres.transaction(async (tx) => {
      const now = await this.get(name, tx);
      if (now.version !== basedOn) throw stale(name, basedOn, now.version);
      if (textOf(now.definition) === textOf(definition)) return;
      const isStored = await this.#append(tx, basedOn, { name, definition, comment, changedBy: actor });
      if (!isStored) throw stale(name, basedOn, basedOn + 1);
      const version = basedOn + 1;
      const details = { job: name, version, steps: namesIn(definition) };
      await this.#audit(tx, actor, "job.changed", `Changed the job ${name} to version ${version}`, details);
    });
  }

  /** @throws jobs.unknown, jobs.version.unknown, jobs.version.stale, jobs.definition.refused (caller) */
  async rollBack(actor: string, name: string, to: number, comment?: string): Promise<void> {
    const { definition } = await this.version(name, to);
    for (let tries = 1; ; tries += 1) {
      const { version: basedOn } = await this.get(name);
      try {
        await this.change(actor, name, { basedOn, definition, comment: comment ?? `Back to version ${to}` });
        return;
      } catch (error) {
        // Somebody else's version came in between: going back is meant from wherever it stands.
        const isStale = error instanceof VigilError && error.code === "jobs.version.stale";
        if (!isStale || tries >= mostTries) throw error;
      }
    }
  }

  /** Its runs stay, each with its definition. @throws jobs.unknown, jobs.in-use (caller) */
  async remove(actor: string, name: string): Promise<void> {
    await this.#deps.postgres.transaction(async (tx) => {
      const { version } = await this.get(name, tx);
      const users = await this.#deps.schedules.startingJob(tx, name);
      if (users.length > 0) throw inUse(name, users);
      await this.#store.remove(tx, name);
      await this.#audit(tx, actor, "job.removed", `Removed the job ${name}`, { job: name, version });
    });
  }

  /** Ready jobs, each with how many devices of the collection are fit for it. @throws collections.unknown (caller) */
  async gallery(collection = "All"): Promise<GalleryJob[]> {
    const within: Expression = { kind: "oneOf", field: "collection", values: [collection] };
    const count = async (filter: Expression): Promise<number> =>
      (await this.#deps.collections.preview(printFilter(filter), 0)).count;
    const total = await count(within);
    const [image] = (await this.#deps.images.list()).toSorted((a, b) => b.addedAt.getTime() - a.addedAt.getTime());
    return Promise.all(
      readyJobs(image?.name).map(async ({ checks, ...rest }) => ({
        ...rest,
        checks: await Promise.all(
          checks.map(async (one) => {
            const holds = await count({ kind: "and", of: [within, parseFilter(one.filter)] });
            return { ...one, holds, total };
          }),
        ),
      })),
    );
  }

  /** @throws jobs.definition.refused (caller) */
  async #checked(definition: unknown): Promise<JobDefinition> {
    const problems = await this.#problems(definition);
    const [first] = problems;
    // What has no problems is a definition.
    if (first === undefined) return definition as JobDefinition;
    const said = problems.slice(0, mostNamed).map(({ path, text, next }) => `${path}: ${text}. ${next}`);
    const at = first.step === null ? "" : `${first.step}: `;
    throw fail("jobs.definition.refused", { message: `${at}${first.text}`, details: { problems: said } });
  }

  /** With what only the server knows: whether the collections and images are there that steps name. */
  async #problems(definition: unknown): Promise<JobProblem[]> {
    const problems = jobProblems(definition);
    if (problems.length > 0) return problems;
    const found = conditionsIn(definition as JobDefinition).map(async ({ place, when }) => {
      if (when.device === undefined) return [];
      try {
        await this.#deps.collections.resolved(parseFilter(when.device));
        return [];
      } catch (error) {
        if (!(error instanceof VigilError)) throw error;
        const at = [...place, "device"];
        return [{ path: pathOf(at), step: stepInWords(definition, at), text: error.message, next: error.next }];
      }
    });
    const images = await unknownImages(definition as JobDefinition, (name) => this.#deps.images.has(name));
    return [...(await Promise.all(found)).flat(), ...images];
  }

  #append(tx: Tx, basedOn: number, row: Omit<JobRow, "version" | "changedAt">): Promise<boolean> {
    return this.#store.append(tx, basedOn, { ...row, changedAt: new Date(this.#deps.clock.now()) });
  }

  #audit(tx: Tx, actor: string, action: string, summary: string, details: Parameters<Audit["write"]>[1]["details"]) {
    return this.#deps.audit.write(tx, { actor, action, summary, ...(details === undefined ? {} : { details }) });
  }
}

function conditionsIn(definition: JobDefinition): { readonly place: Place; readonly when: StepCondition }[] {
  return stepsOf(definition).flatMap(({ place, step }) => {
    const own = step.when === undefined ? [] : [{ place: [...place, "when"], when: step.when }];
    if (!("choose" in step)) return own;
    return [...own, ...step.choose.map(({ when }, index) => ({ place: [...place, "choose", index, "when"], when }))];
  });
}

function namesIn(definition: JobDefinition): string[] {
  return stepsOf(definition)
    .map(({ step }) => step.name)
    .slice(0, mostNamed);
}

function inUse(job: string, all: readonly string[]): Error {
  const schedules = all.slice(0, mostNamed);
  const rest = all.length > schedules.length ? ` and ${all.length - schedules.length} more` : "";
  const message = `Started by ${all.length === 1 ? "the schedule" : "the schedules"} ${schedules.join(", ")}${rest}`;
  return fail("jobs.in-use", { message, details: { job, schedules } });
}

function stale(name: string, basedOn: number, newest: number): Error {
  return fail("jobs.version.stale", { details: { job: name, basedOn, newest } });
}
