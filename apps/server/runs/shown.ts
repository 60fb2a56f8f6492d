import type { StepCounts } from "@vigil/api/resources/runs.ts";
import type { Cell } from "@vigil/api/csv.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { operationIn } from "./definition.ts";
import { outlineOf, type Outline } from "./engine/outline.ts";
import { chosen, type OperationName, type Run, type RunResult, type TrailEntry } from "./run.ts";
import type { PastRow, StepCount } from "./runs.store.ts";
import type { ItemRow, RunRow, StepRow } from "./tables.ts";
import type { WaveCounts } from "./waves.ts";

// Rows as the API shows them.

/** @param rate devices ended in a second, lately; null while nobody knows */
export function runOf(row: RunRow, waves: readonly WaveCounts[], rate: number | null): Run {
  const counts = { waiting: 0, running: 0, succeeded: 0, failed: 0, unknown: 0, cancelled: 0 };
  for (const wave of waves) {
    counts.waiting += wave.waiting;
    counts.running += wave.running;
    counts.succeeded += wave.succeeded;
    counts.failed += wave.failed;
    counts.unknown += wave.unknown;
    counts.cancelled += wave.cancelled;
  }
  const { definition, operation } = row;
  const [first] = definition.steps;
  const given = first !== undefined && "do" in first ? (first.with ?? {}) : {};
  const left = counts.waiting + counts.running;
  const isGoing = row.state === "running" && left > 0 && rate !== null && rate > 0;
  return {
    id: row.id,
    title: row.title,
    operation: operationIn(definition) ?? operation,
    parameters: operation === null ? null : { ...chosen(operation, given) },
    job: row.job,
    jobVersion: row.job_version,
    definition,
    limits: row.limits,
    target: row.target,
    startedBy: row.started_by,
    retryOf: row.retry_of,
    state: row.state,
    pausedBecause: row.paused_because,
    wave: row.wave,
    waves: waves.map(({ total }) => total),
    approval: approvalOf(row),
    leavesPower: row.leaves_power,
    putBack: row.put_back,
    rate: isGoing ? rate : null,
    secondsLeft: isGoing ? Math.ceil(left / rate) : null,
    createdAt: row.created_at.toISOString(),
    startsAt: row.starts_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    total: row.total,
    counts,
  };
}

function approvalOf({ asked_first, asked_step, definition, total, finished_at }: RunRow): Run["approval"] {
  if (finished_at !== null) return null;
  if (asked_first) return { step: null, asked: `Shall this begin on ${total} devices?` };
  if (asked_step === null) return null;
  const place = outlineOf(definition).places[asked_step];
  if (place === undefined || !("approval" in place.step)) return null;
  return { step: place.path, asked: place.step.approval };
}

export function resultOf(row: ItemRow, outline: Outline): RunResult {
  return {
    uuid: row.device,
    hostName: row.host_name,
    address: row.address,
    outcome: row.outcome,
    step: row.step === null ? null : (outline.places[row.step]?.path ?? null),
    powerBefore: row.power_before,
    answer: row.answer,
    error: shownError(row.error),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** Every step of the definition: what has no row waits, or never came to it. */
export function trailOf(rows: readonly StepRow[], outline: Outline, hasEnded: boolean): TrailEntry[] {
  const byPosition = Map.groupBy(rows, ({ position }) => position);
  return outline.places.flatMap(({ position, path, step: { name } }): TrailEntry[] => {
    const all = byPosition.get(position);
    if (all === undefined) {
      const none = { answer: null, error: null, startedAt: null, finishedAt: null };
      return [{ path, name, attempt: 1, outcome: hasEnded ? "skipped" : "waiting", ...none }];
    }
    return all.map((row) => ({
      path,
      name,
      attempt: row.attempt,
      outcome: row.outcome,
      answer: row.answer,
      error: shownError(row.error),
      startedAt: row.started_at?.toISOString() ?? null,
      finishedAt: row.finished_at?.toISOString() ?? null,
    }));
  });
}

/** How many devices stand at each step: who has no row there waits, or has ended without coming to it. */
export function stepsIn(
  outline: Outline,
  run: Pick<Run, "total" | "counts">,
  rows: readonly StepCount[],
): StepCounts[] {
  const open = run.counts.waiting + run.counts.running;
  const ended = run.total - open;
  return outline.places.map(({ position, path }) => {
    const own = rows.filter((row) => row.position === position);
    const sum = (some: readonly StepCount[]): number => some.reduce((total, { count }) => total + count, 0);
    const of = (outcome: StepCount["outcome"]): number => sum(own.filter((row) => row.outcome === outcome));
    // The rows are read a moment after the run's counts: what moved in between must not count below nothing.
    const notCome = Math.max(0, open - sum(own.filter((row) => !row.has_ended)));
    const passedBy = Math.max(0, ended - sum(own.filter((row) => row.has_ended)));
    return {
      path,
      counts: {
        waiting: of("waiting") + notCome,
        running: of("running"),
        succeeded: of("succeeded"),
        failed: of("failed"),
        unknown: of("unknown"),
        skipped: of("skipped") + passedBy,
      },
    };
  });
}

function shownError(error: ErrorReport | null): RunResult["error"] {
  return error === null ? null : { ...error, details: { ...error.details } };
}

/** One device's share of an ended run, for its timeline. */
export interface PastItem extends Pick<RunResult, "outcome" | "answer" | "error" | "finishedAt"> {
  readonly title: string;
  readonly operation: OperationName | null;
  readonly startedBy: string;
}

export function pastOf({ outcome, answer, error, finished_at, title, operation, started_by }: PastRow): PastItem {
  const finishedAt = finished_at?.toISOString() ?? null;
  return { outcome, answer, error: shownError(error), finishedAt, title, operation, startedBy: started_by };
}

/** The columns of exported results. */
export const exportHeading = [
  "uuid",
  "hostName",
  "address",
  "outcome",
  "step",
  "powerBefore",
  "answer",
  "errorCode",
  "error",
  "startedAt",
  "finishedAt",
];

export function exportRow(one: RunResult): readonly Cell[] {
  const { uuid, hostName, address, outcome, step, powerBefore, answer, error, startedAt, finishedAt } = one;
  const said = [error?.code ?? null, error?.message ?? null];
  return [uuid, hostName, address, outcome, step, powerBefore, answer, ...said, startedAt, finishedAt];
}
