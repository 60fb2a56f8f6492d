import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with cutting a machine off from the network. */
export const isolationsErrors = {
  "isolations.unsupported": {
    side: "device",
    title: "The firmware has no System Defense that could cut the machine off",
    next: "It needs admin control mode, and a release with System Defense. Cut it off at the switch instead",
    runbook: true,
  },
  "isolations.no-room": {
    side: "device",
    title: "The firmware has no room left for the filters of an isolation",
    next: "Remove filters and policies that nobody needs, or allow fewer addresses; the details count them",
    runbook: true,
  },
  "isolations.not-in-force": {
    side: "device",
    title: "The device does not show in force what it was told",
    next: "Run it again, and look at the Network tab of its page. Cut the machine off at the switch if it cannot wait",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(isolationsErrors);
