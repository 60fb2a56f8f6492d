import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with the queue. */
export const workErrors = {
  "work.lane.unknown": { side: "ours", title: "There is no such lane", next: "Define the lane before sending to it" },
  "work.item.timeout": {
    side: "ours",
    title: "A work item took longer than its lease",
    next: "Look at the device or the server's load; the item is tried again as its lane says",
    runbook: true,
  },
  "work.stopped": {
    side: "ours",
    title: "The server is stopping; the work goes on when it runs again",
    next: "Start the server",
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(workErrors);
