import { operations, type OperationDeclaration, type OperationName } from "@vigil/api/operations.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { stepsOf } from "@vigil/api/resources/job-steps.ts";
import type { Missed, Schedule, WindowRule } from "@vigil/api/resources/schedules.ts";
import { momentOf, spanOf } from "../../ages.ts";
import { cronInWords, daysInWords } from "./rhythm.ts";

// Schedules and maintenance windows in words.

export type Risk = OperationDeclaration["risk"];

/** From what harms nobody to what cannot be taken back. */
const risks: readonly Risk[] = ["read", "quiet", "disruptive", "dangerous"];

export const riskWords: Readonly<Record<Risk, string>> = {
  read: "Only reads",
  quiet: "Changes the firmware alone",
  disruptive: "Interrupts whoever uses the machine",
  dangerous: "Cannot be undone from afar",
};

export function riskOfOperation(name: OperationName): Risk {
  return operations[name].risk;
}

/** The worst that one of its steps does. A step that puts power back switches machines. */
export function riskOfJob(definition: JobDefinition): Risk {
  const found = stepsOf(definition).map(({ step }): Risk => {
    if ("do" in step) return riskOfOperation(step.do);
    return "restore" in step ? "disruptive" : "read";
  });
  return risks.findLast((risk) => found.includes(risk)) ?? "read";
}

export function workInWords(work: Schedule["work"]): string {
  if ("operation" in work) return operations[work.operation].title;
  return work.version === "newest" ? `job ${work.job}` : `job ${work.job}, version ${work.version}`;
}

export function timeInWords(at: Schedule["at"]): string {
  return "once" in at ? `once, ${momentOf(at.once)}` : `${cronInWords(at.cron)}, ${at.timeZone}`;
}

export function missedInWords(missed: Missed): string {
  if (missed === "skip") return "is left out";
  if (missed === "run-once") return "is made up for once, however late";
  return `is made up for if at most ${spanOf(missed.withinSeconds * 1_000)} late`;
}

/** "Monday–Friday 22:00–05:00 the next day". */
export function ruleInWords({ days, from, to }: WindowRule): string {
  if (from === to) return `${daysInWords(days)} ${from}, for a day`;
  return `${daysInWords(days)} ${from}–${to}${isOverMidnight({ from, to }) ? " the next day" : ""}`;
}

/** A rule whose end is not after its beginning ends on the next day. */
export function isOverMidnight({ from, to }: Pick<WindowRule, "from" | "to">): boolean {
  return to <= from;
}
