import { operations, type OperationName, type Parameters } from "@vigil/api/operations.ts";
import type { JobDefinition, JobStep, StepCondition } from "@vigil/api/resources/job-definition.ts";
import { chosen } from "./run.ts";

/** One operation as a definition of one step. @throws runs.parameter.invalid (caller) */
export function definitionOf(operation: OperationName, given: Parameters): JobDefinition {
  const parameters = chosen(operation, given);
  const all = Object.keys(parameters).length === 0 ? {} : { with: { ...parameters } };
  return { steps: [{ name: operations[operation].title, do: operation, ...all }] };
}

/** The one operation that a definition carries out on every device; null where it does more, or less. */
export function operationIn({ steps }: JobDefinition): OperationName | null {
  const [only, ...others] = steps;
  return only !== undefined && others.length === 0 && "do" in only && only.when === undefined ? only.do : null;
}

/** What a step asks of a device, in words. */
export function callsOf(step: JobStep): readonly string[] {
  if ("do" in step) {
    const choices = Object.entries(chosen(step.do, step.with ?? {})).map(([name, value]) => `${name}=${value}`);
    return [[operations[step.do].verb, ...choices].join(" ")];
  }
  if ("waitFor" in step) {
    const { power, agent, port } = step.waitFor;
    if (power !== undefined) return [`Read power state until it is ${power}`];
    if (agent !== undefined) return [`Read the watchdogs until an agent is ${agent}`];
    return [`Connect to port ${port} until it answers`];
  }
  return "restore" in step ? ["Read power state", "Power on or off, where it is not as before"] : [];
}

/** A condition in words; null for none. */
export function conditionInWords(condition: StepCondition | undefined): string | null {
  if (condition === undefined) return null;
  const { step, ended = ["succeeded"], powerBefore, device } = condition;
  const parts = [
    step === undefined ? [] : [`"${step}" ${ended.join(" or ")}`],
    powerBefore === undefined ? [] : [`power was ${powerBefore} before`],
    device === undefined ? [] : [device],
  ];
  return parts.flat().join(" and ");
}
