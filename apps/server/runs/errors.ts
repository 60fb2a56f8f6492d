import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a run, or with one device's share of it. */
export const runsErrors = {
  "runs.unknown": {
    side: "caller",
    title: "There is no such run",
    next: "List the runs",
    runbook: true,
  },
  "runs.target.unclear": {
    side: "caller",
    title: "A run needs devices, a collection or a filter: exactly one of them",
    next: "Name devices, or one collection, or give a filter",
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
    title: "The operation needs a reason",
    next: "Say why: it is shown in the audit trail",
    runbook: true,
  },
  "runs.kind.unclear": {
    side: "caller",
    title: "A run carries out an operation, a job or a definition: exactly one of them",
    next: "Name one of the three",
    runbook: true,
  },
  "runs.definition.invalid": {
    side: "caller",
    title: "The definition makes no sense as it stands",
    next: "The details name each place and what is wrong there",
    runbook: true,
  },
  "runs.state.wrong": {
    side: "caller",
    title: "The run does not stand where that can be done",
    next: "Look at the run's state",
    runbook: true,
  },
  "runs.approval.own": {
    side: "caller",
    title: "Whoever started a run cannot approve it",
    next: "Ask a second person",
    runbook: true,
  },
  "runs.retry.none": {
    side: "caller",
    title: "No device of the run has that outcome",
    next: "Look at the run's counts",
    runbook: true,
  },
  "runs.result.unknown": {
    side: "caller",
    title: "The run has no such device",
    next: "List the run's results",
    runbook: true,
  },
  "runs.wait.over": {
    side: "device",
    title: "The machine did not become as the step waits for, in time",
    next: "Look at the machine; give the step a longer limit where it is only slow",
    runbook: true,
  },
  "runs.step.limit": {
    side: "device",
    title: "The step took longer than its definition allows",
    next: "Look at the device; give the step a longer limit where it is only slow",
    runbook: true,
  },
  "runs.restore.impossible": {
    side: "device",
    title: "The machine cannot be told to be as it was before",
    next: "Look at the machine: firmware can switch on and off, and no more",
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
