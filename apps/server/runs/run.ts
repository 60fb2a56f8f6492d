import { missingFlaw, usualOf, valueFlaw } from "@vigil/api/operation-values.ts";
import { operations, parametersOf, type OperationName, type Parameters } from "@vigil/api/operations.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type {
  NewRun,
  Outcome,
  PutBack,
  Run,
  RunPlan,
  RunResult,
  Target,
  TrailEntry,
} from "@vigil/api/resources/runs.ts";
import { fail } from "./errors.ts";

export type { NewRun, OperationName, Outcome, Parameters, PutBack, Run, RunPlan, RunResult, Target, TrailEntry };

/** What a person calls the run when they give it no name. */
export function titleOf(
  what: { readonly operation: OperationName | null; readonly job: string | null },
  definition: JobDefinition,
  target: string,
): string {
  const { operation, job } = what;
  if (job !== null) return `${job}: ${target}`;
  if (operation !== null) return `${operations[operation].title}: ${target}`;
  return `${definition.steps
    .map(({ name }) => name)
    .slice(0, mostNames)
    .join(", ")}: ${target}`;
}

/** All that the operation takes: what was given, and what is usual for the rest. @throws runs.parameter.invalid (caller) */
export function chosen(operation: OperationName, given: Parameters): Parameters {
  const declared = parametersOf(operation);
  for (const [name, value] of Object.entries(given)) {
    const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (parameter !== undefined && valueFlaw(name, parameter, value) === undefined) continue;
    const choices = parameter?.kind === "choice" ? Object.keys(parameter.choices) : [];
    throw fail("runs.parameter.invalid", { details: { operation, parameter: name, value, choices } });
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, parameter]) => {
      const value = given[name] ?? usualOf(parameter);
      if (value !== undefined) return [name, value];
      const { text, next } = missingFlaw(name);
      throw fail("runs.parameter.invalid", {
        message: `${operation}: ${text}. ${next}`,
        details: { operation, parameter: name },
      });
    }),
  );
}

/** Names in a title, before they become a number. */
const mostNames = 3;

/** The target in words. */
export function targetInWords(target: Target, names: readonly string[]): string {
  if (target.collection !== undefined) return target.collection;
  if (target.filter !== undefined) return filterInWords(target.filter);
  return names.length <= mostNames ? names.join(", ") : `${names.length} devices`;
}

/** Characters of a filter in a title. Chosen: as many as a list shows. */
const mostFilterChars = 80;

function filterInWords(filter: string): string {
  const text = filter.trim();
  return text.length <= mostFilterChars ? text : `${text.slice(0, mostFilterChars - 1)}…`;
}
