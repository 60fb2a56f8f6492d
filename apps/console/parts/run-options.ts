import { isJobDefinition, jobProblems, type JobProblem } from "@vigil/api/resources/job-check.ts";
import type { BlastRadius } from "@vigil/api/resources/job-definition.ts";
import type { LimitDraft } from "./limit-fields.tsx";

/** What is said for one run alone. */
export interface RunOptionsDraft {
  /** In place of the job's own, limit by limit. */
  readonly limits: LimitDraft;
  /** ISO 8601; empty: at once. */
  readonly startsAt: string;
}

export const usualOptions: RunOptionsDraft = { limits: {}, startsAt: "" };

/** As whoever starts a run is told; or what keeps it from being that. */
export interface RunOptions {
  readonly body: { readonly limits?: BlastRadius; readonly startsAt?: string };
  readonly problems: readonly JobProblem[];
}

/** @param own limits of the job itself, which hold where nothing else is said */
export function optionsIn({ limits, startsAt }: RunOptionsDraft, own: BlastRadius = {}): RunOptions {
  // Limits are checked with the steps that they are of; what is wrong with those is told elsewhere.
  const whole: unknown = { steps: [{ name: "Any", do: "power.state" }], limits: { ...own, ...limits } };
  const isSaid = Object.keys(limits).length > 0 && isJobDefinition(whole) && whole.limits !== undefined;
  return {
    body: { ...(isSaid ? { limits: whole.limits } : {}), ...(startsAt === "" ? {} : { startsAt }) },
    problems: jobProblems(whole),
  };
}

/** "waves, devices at once": what differs from the job's own, in the order in which it was said. */
export function changedLimits(limits: LimitDraft): string {
  return Object.keys(limits)
    .map((name) => limitNames.get(name) ?? name)
    .join(", ");
}

const limitNames: ReadonlyMap<string, string> = new Map<keyof BlastRadius, string>([
  ["waves", "waves"],
  ["stopAtFailurePercent", "failure rate"],
  ["stopAfter", "failures counted from"],
  ["atOnce", "at once"],
  ["atOncePerSite", "at once in one site"],
  ["perSecond", "in a second"],
  ["jitterSeconds", "spread"],
]);
