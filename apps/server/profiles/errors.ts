import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a desired configuration. */
export const profilesErrors = {
  "profiles.unknown": {
    side: "caller",
    title: "There is no such profile",
    next: "List the profiles; letter case counts",
    runbook: true,
  },
  "profiles.taken": {
    side: "caller",
    title: "A profile of that name is there already",
    next: "Choose another name, or change that profile",
    runbook: true,
  },
  "profiles.version.unknown": {
    side: "caller",
    title: "The profile has no such version",
    next: "List its versions",
    runbook: true,
  },
  "profiles.version.stale": {
    side: "caller",
    title: "Somebody else has changed the profile in the meantime",
    next: "Load it again, look at what has changed, and make your change anew",
    runbook: true,
  },
  "profiles.settings.refused": {
    side: "caller",
    title: "The settings contradict one another",
    next: "Mend what the details name",
    runbook: true,
  },
  "profiles.secret.unknown": {
    side: "caller",
    title: "The profile's settings call for no such secret",
    next: "Store the setting first that needs it; the profile lists the secrets by name",
    runbook: true,
  },
  "profiles.secret.missing": {
    side: "caller",
    title: "A secret that the profile calls for has not been set",
    next: "Set it on the profile's page, or with `vigil profile secret`",
    runbook: true,
  },
  "profiles.in-use": {
    side: "caller",
    title: "The profile is the default one, devices have it, or assignment rules give it",
    next: "Make another the default, and give the devices and rules another profile first",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(profilesErrors);
