import type {
  Fire,
  MaintenanceWindow,
  Missed,
  Schedule,
  ScheduleSettings,
  TimePreview,
  WindowSettings,
} from "@vigil/api/resources/schedules.ts";

export type { Fire, MaintenanceWindow, Schedule, ScheduleSettings, TimePreview, WindowSettings };

/** As whoever starts runs is told. */
export function askedBy(work: ScheduleSettings["work"]) {
  if ("operation" in work) return work;
  return work.version === "newest" ? { job: work.job } : { job: work.job, version: work.version };
}

/** What is started, in a few words. */
export function workInWords(work: ScheduleSettings["work"]): string {
  if ("operation" in work) return work.operation;
  return `job ${work.job}${work.version === "newest" ? "" : ` version ${work.version}`}`;
}

/** How late a time may be noticed and still count as met. Chosen: a restart of the server takes less. */
export const graceMs = 60_000;

/** What is done about a time that has come. @param lateMs since when */
export function verdictOn(missed: Missed, lateMs: number): "run" | "miss" {
  if (lateMs <= graceMs || missed === "run-once") return "run";
  if (missed === "skip") return "miss";
  return lateMs <= missed.withinSeconds * 1_000 ? "run" : "miss";
}
