import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a schedule or a maintenance window. */
export const schedulesErrors = {
  "schedules.unknown": {
    side: "caller",
    title: "There is no such schedule",
    next: "List the schedules",
    runbook: true,
  },
  "schedules.taken": {
    side: "caller",
    title: "There is a schedule of that name",
    next: "Choose another name, or change that schedule",
    runbook: true,
  },
  "schedules.cron.invalid": {
    side: "caller",
    title: "That is no time in five fields of cron",
    next: "Give minute, hour, day of the month, month and day of the week, e.g. 30 22 * * mon-fri",
    runbook: true,
  },
  "schedules.time-zone.unknown": {
    side: "caller",
    title: "There is no such time zone",
    next: "Give one by its name in the tz database, e.g. Europe/Berlin or UTC",
    runbook: true,
  },
  "schedules.past": {
    side: "caller",
    title: "That moment is over",
    next: "Give a moment that is to come, or start the run now",
    runbook: true,
  },
  "schedules.reason.missing": {
    side: "caller",
    title: "A schedule of a dangerous operation needs a reason",
    next: "Say why: it is shown with each run",
    runbook: true,
  },
  "schedules.span.invalid": {
    side: "caller",
    title: "A calendar spans up to 400 days, forwards",
    next: "Give a shorter span",
    runbook: true,
  },
  "schedules.window.unknown": {
    side: "caller",
    title: "There is no such maintenance window",
    next: "List the maintenance windows, or make it",
    runbook: true,
  },
  "schedules.window.in-use": {
    side: "caller",
    title: "Schedules wait for that maintenance window",
    next: "Change the schedules that the details name first",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(schedulesErrors);
