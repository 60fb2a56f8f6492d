import { limitsInForce, type BlastRadius, type JobDefinition } from "@vigil/api/resources/job-definition.ts";
import {
  imagesIn,
  jobProblems,
  needsReason,
  permissionsOf,
  unknownImage,
  type JobProblem,
} from "@vigil/api/resources/job-check.ts";
import { operations, type OperationName } from "@vigil/api/operations.ts";
import type { Caller } from "../access/access.ts";
import type { NewAuditEntry } from "../audit/audit.ts";
import type { DeviceName } from "../devices/devices.ts";
import { fail as forbidden } from "../errors.ts";
import { callsOf, conditionInWords, definitionOf, operationIn } from "./definition.ts";
import { outlineOf } from "./engine/outline.ts";
import { fail } from "./errors.ts";
import { boundedBy, type FleetLimits } from "./fleet-limits.ts";
import type { NewRun, RunPlan } from "./run.ts";
import type { NewItem } from "./runs.store.ts";
import type { RunRow } from "./tables.ts";
import { waveSizes } from "./waves.ts";

/** Finds the definition of a job. @throws when there is none of that name, or no such version */
export type JobNamed = (
  name: string,
  version: number | undefined,
) => Promise<{ readonly definition: JobDefinition; readonly version: number }>;

/** What is to be carried out, found and checked. */
export interface Wanted {
  readonly definition: JobDefinition;
  readonly limits: BlastRadius;
  readonly operation: OperationName | null;
  readonly job: string | null;
  readonly jobVersion: number | null;
}

/** Whether the library has an image of that name. */
export type HasImage = (name: string) => Promise<boolean>;

/** What has to be known to check what is asked. */
export interface Known {
  readonly jobNamed: JobNamed;
  readonly hasImage: HasImage;
  readonly fleetLimits: FleetLimits;
}

/** @throws runs.kind.unclear, runs.parameter.invalid, runs.definition.invalid (caller), and what jobNamed throws */
export async function wantedBy(
  asked: Omit<NewRun, "target">,
  { jobNamed, hasImage, fleetLimits }: Known,
): Promise<Wanted> {
  const { operation, parameters, job, version, definition, limits = {} } = asked;
  const kinds = [operation, job, definition].filter((one) => one !== undefined).length;
  const isStray = (parameters !== undefined && operation === undefined) || (version !== undefined && job === undefined);
  if (kinds !== 1 || isStray) throw fail("runs.kind.unclear");
  const found = job === undefined ? undefined : await jobNamed(job, version);
  const given = found?.definition ?? definition;
  const what = given ?? definitionOf(operation ?? "power.state", parameters ?? {});
  const merged = limitsInForce({ ...what.limits, ...limits });
  // A limit of the run itself may be wrong where the job's own are right.
  const wrong = jobProblems({ ...what, limits: merged });
  const all = wrong.length > 0 ? wrong : await unknownImages(what, hasImage);
  const problems = all.map(({ step, path, text }) => `${step ?? path}: ${text}`);
  if (problems.length > 0) throw fail("runs.definition.invalid", { details: { problems } });
  return {
    definition: what,
    limits: boundedBy(fleetLimits, what, merged),
    operation: operationIn(what),
    job: job ?? null,
    jobVersion: found?.version ?? null,
  };
}

/** What only the server knows: the images that steps name and the library has not. */
export async function unknownImages(definition: JobDefinition, hasImage: HasImage): Promise<JobProblem[]> {
  const found = imagesIn(definition).map(async ({ place, image }) =>
    (await hasImage(image)) ? [] : [unknownImage(definition, place, image)],
  );
  return (await Promise.all(found)).flat();
}

/** @throws access.forbidden, runs.reason.missing (caller) */
export function checkCaller(
  caller: Pick<Caller, "permissions">,
  { definition }: Wanted,
  reason: string | undefined,
): void {
  for (const permission of permissionsOf(definition))
    if (!caller.permissions.includes(permission)) throw forbidden("access.forbidden", { details: { permission } });
  if (needsReason(definition) && (reason ?? "").trim() === "") throw fail("runs.reason.missing");
}

/** The run as it is when it begins. */
export function rowOf(
  one: {
    readonly id: string;
    readonly actor: string;
    readonly wanted: Wanted;
    readonly title: string;
    readonly target: string;
    readonly total: number;
    readonly startsAt: Date | null;
    readonly reason: string | null;
    readonly retryOf: string | null;
  },
  at: Date,
): RunRow {
  const { id, actor, wanted, title, target, total, startsAt, reason, retryOf } = one;
  const { definition, limits, operation, job, jobVersion } = wanted;
  const asksFirst = needsApproval(limits, total);
  const fresh = { paused_because: null, wave: 1, accepted_wave: 0, next_begin_at: null, asked_step: null } as const;
  return {
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
}

/** What the activity log says of its start. */
export function startedEntry(run: RunRow): NewAuditEntry {
  const { id, operation, job, job_version: jobVersion, definition, target, total, title, reason } = run;
  const verb = operation === null ? title : operations[operation].verb;
  const [first] = definition.steps;
  const given = first !== undefined && "do" in first ? Object.entries(first.with ?? {}) : [];
  const choices = operation === null ? [] : given.map(([name, value]) => `${name}=${value}`);
  return {
    actor: run.started_by,
    action: "run.started",
    summary: `${verb} on ${total === 1 ? target : `${total} devices`}`,
    details: { run: id, operation, job, jobVersion, choices, target, total, reason, retryOf: run.retry_of },
  };
}

/** Each device's share: in which wave, and when it may begin at the earliest. */
export function itemsOf(
  devices: readonly DeviceName[],
  { jitterSeconds }: BlastRadius,
  when: {
    readonly sizes: readonly number[];
    readonly startsAt: Date | null;
    readonly now: number;
    readonly random: () => number;
    /** Where devices are counted together. */
    readonly siteOf: (address: string) => string;
  },
): readonly NewItem[] {
  const { sizes, startsAt, now, random, siteOf } = when;
  let wave = 1;
  let left = sizes[0] ?? 0;
  return devices.map(({ uuid, hostName, address }) => {
    while (left === 0 && wave < sizes.length) {
      wave += 1;
      left = sizes[wave - 1] ?? 0;
    }
    left -= 1;
    const from = startsAt?.getTime() ?? now;
    const wakeAt = jitterSeconds === undefined ? startsAt : new Date(from + random() * jitterSeconds * 1000);
    return { device: uuid, host_name: hostName, address, wave, site: siteOf(address), wake_at: wakeAt };
  });
}

/** Whether somebody else must say yes before anything begins. */
export function needsApproval({ approvalAbove }: BlastRadius, total: number): boolean {
  return approvalAbove !== undefined && total > approvalAbove;
}

/** Devices in a plan. */
const mostPlanned = 1_000;

/** What a run would do. */
export function planOf({ definition, limits }: Wanted, devices: readonly DeviceName[]): RunPlan {
  const total = devices.length;
  const waves = [...waveSizes(total, limits)];
  const when = { sizes: waves, startsAt: null, now: 0, random: () => 0, siteOf: () => "" };
  return {
    total,
    waves,
    limits,
    needsApproval: needsApproval(limits, total),
    steps: outlineOf(definition).places.map(({ path, step }) => {
      const { name, when: condition } = step;
      return { path, name, calls: [...callsOf(step)], when: conditionInWords(condition) };
    }),
    devices: itemsOf(devices.slice(0, mostPlanned), limits, when).map(({ device, host_name, address, wave }) => {
      return { uuid: device, hostName: host_name, address, wave };
    }),
  };
}
