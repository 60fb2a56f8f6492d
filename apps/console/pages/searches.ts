import { auditPaths, type AuditPath } from "@vigil/api/resources/audit.ts";
import type { Standing } from "@vigil/api/resources/policies.ts";
import type { Outcome } from "@vigil/api/resources/runs.ts";
import { explorerSearch, type ExplorerSearch } from "./explorer/search.ts";

// What the addresses of pages say; what makes no sense in them is left out.

export const deviceTabs = [
  "overview",
  "screen",
  "serial",
  "disk",
  "boot",
  "hardware",
  "network",
  "security",
  "accounts",
  "certificates",
  "profile",
  "setup",
  "events",
  "audit-log",
  "explorer",
] as const;
export const outcomes: readonly Outcome[] = ["failed", "unknown", "running", "waiting", "cancelled", "succeeded"];

/** Which tab of a device's page; absent: the first. What follows is the explorer's. */
export interface DeviceSearch extends ExplorerSearch {
  tab?: (typeof deviceTabs)[number];
  /** What is looked for in a log. */
  q?: string;
  severity?: string;
}

export function deviceSearch(given: Readonly<Record<string, unknown>>): DeviceSearch {
  const tab = deviceTabs.find((one) => one === given["tab"]);
  if (tab === "explorer") return { tab, ...explorerSearch(given) };
  if (tab === "events" || tab === "audit-log") {
    const [q, severity] = [textIn(given["q"]), textIn(given["severity"])];
    return { tab, ...(q === undefined ? {} : { q }), ...(severity === undefined ? {} : { severity }) };
  }
  return tab === undefined ? {} : { tab };
}

/** A number in an address is read as one. */
function textIn(value: unknown): string | undefined {
  return (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined;
}

/** Which results of a run; absent: all. With the device whose trail is open. */
export interface RunSearch {
  outcome?: Outcome;
  device?: string;
}

export function runSearch(given: Readonly<Record<string, unknown>>): RunSearch {
  const outcome = outcomes.find((one) => one === given["outcome"]);
  const device = textIn(given["device"]);
  return { ...(outcome === undefined ? {} : { outcome }), ...(device === undefined ? {} : { device }) };
}

export const standings = ["deviating", "unknown", "compliant"] as const satisfies readonly Standing[];

/** Which findings of a policy; absent: all. */
export function policySearch(given: Readonly<Record<string, unknown>>): { standing?: Standing } {
  const standing = standings.find((one) => one === given["standing"]);
  return standing === undefined ? {} : { standing };
}

/** Whether the dialog is open that makes one more. */
export interface NewSearch {
  new?: true;
}

export function newSearch(given: Readonly<Record<string, unknown>>): NewSearch {
  return given["new"] === true ? { new: true } : {};
}

/** Which part of a profile's page; absent: its settings. With the versions that are compared. */
export interface ProfileSearch {
  view?: "versions";
  from?: number;
  to?: number;
}

export function profileSearch({ view, from, to }: Readonly<Record<string, unknown>>): ProfileSearch {
  if (view !== "versions") return {};
  return {
    view,
    ...(Number.isInteger(from) && Number(from) > 0 ? { from: Number(from) } : {}),
    ...(Number.isInteger(to) && Number(to) > 0 ? { to: Number(to) } : {}),
  };
}

/** Devices that differ in which setting; absent: in any. */
export function driftSearch({ setting }: Readonly<Record<string, unknown>>): { setting?: string } {
  return typeof setting === "string" && setting !== "" ? { setting } : {};
}

/** Which pre-shared keys; absent: all. */
export interface KeySearch extends NewSearch {
  batch?: string;
  used?: boolean;
}

export function keySearch(given: Readonly<Record<string, unknown>>): KeySearch {
  const { batch, used } = given;
  return {
    ...newSearch(given),
    ...(typeof batch === "string" || typeof batch === "number" ? { batch: String(batch) } : {}),
    ...(typeof used === "boolean" ? { used } : {}),
  };
}

/** What a recording is of. */
export function recordingSearch({ kind }: Readonly<Record<string, unknown>>): { kind?: "sol" | "kvm" } {
  return kind === "sol" || kind === "kvm" ? { kind } : {};
}

/** Which audit entries; absent: all. */
export interface AuditSearch {
  q?: string;
  device?: string;
  actor?: string;
  action?: string;
  path?: AuditPath;
}

export function auditSearch(given: Readonly<Record<string, unknown>>): AuditSearch {
  const [q, device] = [textIn(given["q"]), textIn(given["device"])];
  const [actor, action] = [textIn(given["actor"]), textIn(given["action"])];
  const path = auditPaths.find((one) => one === given["path"]);
  return {
    ...(q === undefined ? {} : { q }),
    ...(device === undefined ? {} : { device }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(path === undefined ? {} : { path }),
  };
}

export const visitTabs = ["hardware", "events", "audit-log"] as const;

/** Which open visit, and which part of it; absent: none yet. */
export interface VisitSearch {
  visit?: string;
  tab?: (typeof visitTabs)[number];
}

export function visitSearch(given: Readonly<Record<string, unknown>>): VisitSearch {
  const visit = textIn(given["visit"]);
  const tab = visitTabs.find((one) => one === given["tab"]);
  return visit === undefined ? {} : { visit, ...(tab === undefined ? {} : { tab }) };
}

/** Which part of a job's page; absent: its steps as a form. With the versions that are compared. */
export interface JobSearch {
  view?: "text" | "versions";
  from?: number;
  to?: number;
}

export function jobSearch({ view, from, to }: Readonly<Record<string, unknown>>): JobSearch {
  if (view === "text") return { view };
  return profileSearch({ view, from, to });
}

/** What a new job begins with: a ready job, or one of one's own; absent: one step. */
export interface NewJobSearch {
  ready?: string;
  copy?: string;
  view?: "text";
}

export function newJobSearch(given: Readonly<Record<string, unknown>>): NewJobSearch {
  const [ready, copy] = [textIn(given["ready"]), textIn(given["copy"])];
  return {
    ...(ready === undefined ? {} : { ready }),
    ...(copy === undefined ? {} : { copy }),
    ...(given["view"] === "text" ? { view: "text" as const } : {}),
  };
}

/** Which week of the calendar, by one of its days; absent: this one. */
export interface ScheduleSearch extends NewSearch {
  week?: string;
}

export function scheduleSearch(given: Readonly<Record<string, unknown>>): ScheduleSearch {
  return { ...newSearch(given), ...weekIn(given) };
}

/** The window that is about to be changed or removed. */
export interface WindowSearch extends NewSearch {
  change?: string;
  remove?: string;
}

export function windowSearch(given: Readonly<Record<string, unknown>>): WindowSearch {
  const [change, remove] = [textIn(given["change"]), textIn(given["remove"])];
  return {
    ...newSearch(given),
    ...(change === undefined ? {} : { change }),
    ...(remove === undefined ? {} : { remove }),
  };
}

function weekIn({ week }: Readonly<Record<string, unknown>>): { week?: string } {
  return typeof week === "string" && /^\d{4}-\d{2}-\d{2}$/.test(week) && !Number.isNaN(Date.parse(week))
    ? { week }
    : {};
}
