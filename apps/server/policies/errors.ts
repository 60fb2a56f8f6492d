import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a policy. */
export const policiesErrors = {
  "policies.unknown": {
    side: "caller",
    title: "There is no such policy",
    next: "List the policies",
    runbook: true,
  },
  "policies.taken": {
    side: "caller",
    title: "There is a policy of that name",
    next: "Choose another name, or change that policy",
    runbook: true,
  },
  "policies.look.wrong": {
    side: "caller",
    title: "A policy looks by an operation that only reads",
    next: "Take one of the operations that the details list",
    runbook: true,
  },
  "policies.remedy.wrong": {
    side: "caller",
    title: "A policy cannot have that remedy",
    next: "Take an operation that changes something and can be undone; what is dangerous is started by a person",
    runbook: true,
  },
  "policies.busy": {
    side: "caller",
    title: "A round of the policy is under way",
    next: "Wait until it is over, or cancel its run",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(policiesErrors);
