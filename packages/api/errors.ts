import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong between a client of the HTTP contract and its server. */
export const apiErrors = {
  "api.server.unreachable": {
    side: "network",
    title: "The Vigil server cannot be reached",
    next: "Check that the server runs and that its address is right",
    runbook: true,
  },
  "api.answer.late": {
    side: "network",
    title: "The Vigil server did not answer in time",
    next: "Look at the server's load and its log, then try again",
    runbook: true,
  },
  "api.answer.invalid": {
    side: "network",
    title: "The answer does not come from a Vigil server",
    next: "Check the address; a proxy between here and the server may answer in its place",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(apiErrors);
