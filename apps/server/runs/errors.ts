import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a job, or with one device's share of it. */
export const runsErrors = {
  "runs.unknown": {
    side: "caller",
    title: "There is no such run",
    next: "List the runs",
    runbook: true,
  },
  "runs.target.unclear": {
    side: "caller",
    title: "A job needs either devices or a collection, not both",
    next: "Name devices, or one collection",
    runbook: true,
  },
  "runs.parameter.invalid": {
    side: "caller",
    title: "The operation has no such choice",
    next: "The details name what there is to choose from",
    runbook: true,
  },
  "runs.reason.missing": {
    side: "caller",
    title: "A dangerous operation needs a reason",
    next: "Say why: it is shown in the audit trail",
    runbook: true,
  },
  "runs.item.interrupted": {
    side: "ours",
    title: "The server stopped while the command was under way; it was not repeated",
    next: "See by the power state that was read since whether the device did it, and run it again if not",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(runsErrors);
