import type { Route } from "./route.ts";
import { access } from "./resources/access.ts";
import { assignments } from "./resources/assignments.ts";
import { authorities } from "./resources/authorities.ts";
import { audit } from "./resources/audit.ts";
import { boots } from "./resources/boots.ts";
import { collections } from "./resources/collections.ts";
import { consent } from "./resources/consent.ts";
import { devices } from "./resources/devices.ts";
import { directories } from "./resources/directories.ts";
import { drift } from "./resources/drift.ts";
import { explorer } from "./resources/explorer.ts";
import { images } from "./resources/images.ts";
import { jobs } from "./resources/jobs.ts";
import { runs } from "./resources/runs.ts";
import { policies } from "./resources/policies.ts";
import { profiles } from "./resources/profiles.ts";
import { provisioning } from "./resources/provisioning.ts";
import { readings } from "./resources/readings.ts";
import { schedules, windows } from "./resources/schedules.ts";
import { secrets } from "./resources/secrets.ts";
import { sessions } from "./resources/sessions.ts";
import { setupKeys } from "./resources/setup-keys.ts";
import { setupCertificates } from "./resources/setup-certificates.ts";
import { visits } from "./resources/visits.ts";

/** The whole HTTP contract: a row of routes for each noun. */
export const api = {
  access,
  assignments,
  audit,
  authorities,
  boots,
  collections,
  consent,
  devices,
  directories,
  drift,
  explorer,
  images,
  jobs,
  runs,
  policies,
  profiles,
  provisioning,
  readings,
  schedules,
  secrets,
  sessions,
  setupKeys,
  setupCertificates,
  visits,
  windows,
};
export type Api = typeof api;

/** Every route with its name, e.g. "devices.list". */
export function routesByName(): ReadonlyMap<string, Route> {
  const all = new Map<string, Route>();
  for (const [noun, routes] of Object.entries(api)) {
    for (const [verb, one] of Object.entries(routes)) all.set(`${noun}.${verb}`, one);
  }
  return all;
}
