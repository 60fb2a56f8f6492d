import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a named job. */
export const jobsErrors = {
  "jobs.unknown": {
    side: "caller",
    title: "There is no such job",
    next: "List the jobs; letter case counts",
    runbook: true,
  },
  "jobs.taken": {
    side: "caller",
    title: "A job of that name is there already",
    next: "Choose another name, or change that job",
    runbook: true,
  },
  "jobs.in-use": {
    side: "caller",
    title: "Schedules start the job",
    next: "Change or remove the schedules that are named first",
    runbook: true,
  },
  "jobs.version.unknown": {
    side: "caller",
    title: "The job has no such version",
    next: "List its versions",
    runbook: true,
  },
  "jobs.version.stale": {
    side: "caller",
    title: "Somebody else has changed the job in the meantime",
    next: "Load it again, look at what has changed, and make your change anew",
    runbook: true,
  },
  "jobs.definition.refused": {
    side: "caller",
    title: "The definition cannot be run",
    next: "Mend what the details name; `vigil job check` says the same with its lines",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(jobsErrors);
