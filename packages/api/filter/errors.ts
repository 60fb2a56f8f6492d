import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a filter that somebody typed. */
export const filterErrors = {
  "filter.syntax": {
    side: "caller",
    title: "The filter cannot be read",
    next: "Look at the place that the details name; they list what could stand there",
    runbook: true,
  },
  "filter.field": {
    side: "caller",
    title: "The filter names a field that devices do not have",
    next: "Take one of the fields that the details list",
    runbook: true,
  },
  "filter.value": {
    side: "caller",
    title: "The filter compares a field with a value that it cannot have",
    next: "Write the value as the details show",
    runbook: true,
  },
  "filter.too-large": {
    side: "caller",
    title: "The filter is longer, deeper or has more conditions than is allowed",
    next: "Make a collection of a part of it, or of a list of devices, and name that in the filter",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(filterErrors);
