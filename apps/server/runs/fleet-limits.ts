import { operationNames, operations, type OperationName } from "@vigil/api/operations.ts";
import type { BlastRadius, JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { stepsOf } from "@vigil/api/resources/job-steps.ts";

/** What holds for all runs together that interrupt users or cannot be undone, as the server's owner has it. What is not said is not bounded. */
export interface FleetLimits {
  /** Devices under way at once. */
  readonly disruptiveAtOnce?: number;
  /** Of them, in one site. */
  readonly disruptiveAtOncePerSite?: number;
  /** With more devices than this a second person must approve. */
  readonly approvalAbove?: number;
}

/** Whether a run of it is bounded by the fleet's limits. */
export function isDisruptive(definition: JobDefinition): boolean {
  return stepsOf(definition).some(({ step }) => "restore" in step || ("do" in step && isRisky(step.do)));
}

function isRisky(operation: OperationName): boolean {
  return operations[operation].risk === "disruptive" || operations[operation].risk === "dangerous";
}

/** isDisruptive() as the database asks it of a stored definition: a path of SQL/JSON. */
export const disruptivePath = `$.steps.** ? (exists(@.restore) || ${operationNames
  .filter(isRisky)
  .map((name) => `@.do == "${name}"`)
  .join(" || ")})`;

/** The limits of a run, none wider than the fleet's. */
export function boundedBy(fleet: FleetLimits, definition: JobDefinition, limits: BlastRadius): BlastRadius {
  if (!isDisruptive(definition)) return limits;
  const { disruptiveAtOnce, disruptiveAtOncePerSite, approvalAbove: askedAbove } = fleet;
  const atOnce = least(limits.atOnce, disruptiveAtOnce);
  const atOncePerSite = least(limits.atOncePerSite, disruptiveAtOncePerSite);
  const approvalAbove = least(limits.approvalAbove, askedAbove);
  return {
    ...limits,
    ...(atOnce === undefined ? {} : { atOnce }),
    ...(atOncePerSite === undefined ? {} : { atOncePerSite }),
    ...(approvalAbove === undefined ? {} : { approvalAbove }),
  };
}

function least(own: number | undefined, fleet: number | undefined): number | undefined {
  return own === undefined || fleet === undefined ? (own ?? fleet) : Math.min(own, fleet);
}
