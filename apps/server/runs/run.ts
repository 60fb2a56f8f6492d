import { operations, parametersOf, type OperationName, type Parameters } from "@vigil/api/operations.ts";
import type { Outcome, Run, RunResult, Target } from "@vigil/api/resources/runs.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { fail } from "./errors.ts";

export type { OperationName, Outcome, Parameters, Run, RunResult, Target };

/**
 * How one device's share of a run ended, or where it stands.
 *
 * waiting -> running -> succeeded | failed | unknown; waiting -> cancelled. It is stored as running before the device is told
 * anything: so one that is found running after a crash may have been told, and is never told again.
 */
export interface ItemEnd {
  readonly outcome: Extract<Outcome, "succeeded" | "failed" | "unknown">;
  /** What the device answered, in words. */
  readonly answer: string | null;
  readonly error: ErrorReport | null;
}

/** What a person calls the job when they give it no name. */
export function titleOf(operation: OperationName, target: string): string {
  return `${operations[operation].title}: ${target}`;
}

/** Every choice of the operation: what was given, and what is usual for the rest. @throws runs.parameter.invalid (caller) */
export function chosen(operation: OperationName, given: Parameters): Parameters {
  const declared = parametersOf(operation);
  for (const [name, value] of Object.entries(given)) {
    const choices = Object.keys(declared[name]?.choices ?? {});
    if (choices.includes(value)) continue;
    throw fail("runs.parameter.invalid", { details: { operation, parameter: name, value, choices } });
  }
  return Object.fromEntries(Object.entries(declared).map(([name, { usual }]) => [name, given[name] ?? usual]));
}

/** Names of devices in the title, before they become a number. */
const mostNames = 3;

/** The target in words. */
export function targetInWords(target: Target, names: readonly string[]): string {
  if (target.collection !== undefined) return target.collection;
  return names.length <= mostNames ? names.join(", ") : `${names.length} devices`;
}
