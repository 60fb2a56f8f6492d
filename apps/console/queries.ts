import type { Api } from "@vigil/api/api.ts";
import type { VigilClient } from "@vigil/api/client.ts";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import type { Outcome } from "@vigil/api/resources/runs.ts";
import type { DeviceLog } from "@vigil/api/resources/readings.ts";
import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import type { Reply, Request } from "@vigil/api/route.ts";
import { recordingFilePath } from "@vigil/api/resources/sessions.ts";
import { reportOf, VigilError } from "@vigil/base/errors.ts";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

/** Which devices, in which order: what the list route takes, without the window. */
export type DeviceFilter = Omit<NonNullable<Request<Api["devices"]["list"]>["query"]>, "limit" | "offset">;
export type DeviceWindow = Reply<Api["devices"]["list"]>;
export type ResultWindow = Reply<Api["runs"]["results"]>;
export type DriftWindow = Reply<Api["drift"]["list"]>;
export type RunList = Reply<Api["runs"]["list"]>;
export type ProvisioningState = NonNullable<NonNullable<Request<Api["provisioning"]["list"]>["query"]>["state"]>;

/** Names of what is kept; live.ts writes to the same. A key begins with its noun. */
export const keys = {
  me: ["me"],
  meta: ["meta"],
  keys: ["keys"],
  summary: ["fleet"],
  deviceWindows: ["devices", "window"],
  device: (id: string) => ["devices", "one", id],
  timeline: (id: string) => ["devices", "timeline", id],
  fleetDrift: ["drift"],
  driftWindows: ["drift", "window"],
  driftSettings: ["drift", "settings"],
  drift: (id: string) => ["devices", "drift", id],
  deviceSecrets: (id: string) => ["devices", "secrets", id],
  boots: (id: string) => ["devices", "boots", id],
  bootLook: (id: string) => ["devices", "boot-look", id],
  images: ["images"],
  deviceLog: (id: string, log: DeviceLog) => ["devices", "log", id, log],
  hardware: (id: string) => ["devices", "hardware", id],
  network: (id: string) => ["devices", "network", id],
  accounts: (id: string) => ["devices", "accounts", id],
  heldCertificates: (id: string) => ["devices", "held-certificates", id],
  consent: (id: string) => ["devices", "consent", id],
  explored: (id: string) => ["devices", "explored", id],
  lacking: (id: string) => ["devices", "lacking", id],
  classes: ["classes"],
  runs: ["runs", "list"],
  run: (id: string) => ["runs", "one", id],
  resultWindows: (id: string) => ["runs", "results", id],
  jobs: ["jobs"],
  schedules: ["schedules"],
  collections: ["collections"],
  visits: ["visits"],
  visit: (id: string) => ["visits", "one", id],
  profiles: ["profiles"],
  profile: (name: string) => ["profiles", "one", name],
  profileHistory: (name: string) => ["profile-history", name],
  directories: ["directories"],
  /** Below the directories, so that they are asked for again when these change. */
  directoryObjects: ["directories", "objects"],
  assignmentRules: ["assignments", "rules"],
  assignmentEntries: ["assignments", "entries"],
  assignment: (id: string) => ["devices", "assignment", id],
  provisioning: ["provisioning"],
  setupKeys: ["setup-keys"],
  deviceProvisioning: (id: string) => ["devices", "provisioning", id],
  setupCertificates: ["setup-certificates"],
  /** Below the certificates, so that it is asked for again when they change. */
  coverage: ["setup-certificates", "coverage"],
  verdicts: (id: string) => ["devices", "setup-certificates", id],
  authorities: ["authorities"],
  audit: ["audit"],
  sessions: ["sessions"],
  sessionSettings: ["session-settings"],
  recordings: ["recordings"],
} as const;

export const meQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.me, queryFn: ({ signal }) => server.access.me({ signal }), staleTime: Infinity });

export const metaQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.meta, queryFn: ({ signal }) => server.access.meta({ signal }), staleTime: 60_000 });

export const apiKeysQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.keys, queryFn: ({ signal }) => server.access.keys({ signal }) });

export const summaryQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.summary, queryFn: ({ signal }) => server.devices.summary({ signal }) });

export const deviceQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.device(id),
    queryFn: ({ signal }) => server.devices.show({ params: { id }, signal }),
  });

export const timelineQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.timeline(id),
    queryFn: ({ signal }) => server.devices.timeline({ params: { id }, query: { limit: 200 }, signal }),
  });

/** In which settings devices differ. Looked at again while it is on screen: a comparison of many devices is a run of its own. */
export const driftSettingsQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.driftSettings,
    queryFn: ({ signal }) => server.drift.settings({ signal }),
    refetchInterval: 10_000,
  });

/** What was found when the device was last compared with its profile. */
export const driftQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.drift(id),
    queryFn: ({ signal }) => server.drift.show({ params: { id }, signal }),
  });

/** Looked at again while it is on screen: a password may be replaced by itself. */
export const deviceSecretsQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: [...keys.deviceSecrets(id), "list"],
    queryFn: ({ signal }) => server.secrets.list({ params: { id }, signal }),
    refetchInterval: 15_000,
  });

/** Audit entries about a device's secrets: who saw one, and until when. Not everybody may read them. */
export const revealsQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: [...keys.deviceSecrets(id), "reveals"],
    queryFn: ({ signal }) => server.audit.list({ query: { device: id, search: "secret.", limit: 20 }, signal }),
    retry: false,
  });

/** Which entries of a device's log. */
export type LogFilter = Omit<NonNullable<Request<Api["readings"]["log"]>["query"]>, "offset" | "limit">;

/** A device's own log as it was last read, page by page. */
export const deviceLogQuery = (server: VigilClient, id: string, log: DeviceLog, filter: LogFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.deviceLog(id, log), filter],
    queryFn: ({ signal, pageParam }) =>
      server.readings.log({ params: { id, log }, query: { ...filter, offset: pageParam }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) => {
      const shown = pages.reduce((sum, { items }) => sum + items.length, 0);
      return shown < total ? shown : undefined;
    },
    // What is found stays on the page while the next letter is looked for.
    placeholderData: keepPreviousData,
  });

export const networkQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.network(id),
    queryFn: ({ signal }) => server.readings.network({ params: { id }, signal }),
  });

export const accountsQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.accounts(id),
    queryFn: ({ signal }) => server.readings.accounts({ params: { id }, signal }),
  });

export const heldCertificatesQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.heldCertificates(id),
    queryFn: ({ signal }) => server.readings.certificates({ params: { id }, signal }),
  });

export const hardwareQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.hardware(id),
    queryFn: ({ signal }) => server.readings.hardware({ params: { id }, signal }),
  });

/** Asks the device itself, so it is asked for only while someone looks. */
export const consentQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.consent(id),
    queryFn: ({ signal }) => server.consent.show({ params: { id }, signal }),
    retry: false,
  });

/** The device's boots. Somebody watches one that is under way; others begin elsewhere. */
export const bootsQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.boots(id),
    queryFn: ({ signal }) => server.boots.list({ query: { device: id, limit: 50 }, signal }),
    refetchInterval: ({ state: { data } }) => (data?.items.some(({ state }) => state !== "ended") ? 1_000 : 10_000),
  });

/** What the device says that it can start from; read from it each time. */
export const bootLookQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.bootLook(id),
    queryFn: ({ signal }) => server.boots.look({ params: { id }, signal }),
    staleTime: 30_000,
    retry: false,
  });

export const imagesQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.images, queryFn: ({ signal }) => server.images.list({ signal }) });

/** The model; it changes with the server's version only. */
export const classesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.classes,
    queryFn: ({ signal }) => server.explorer.classes({ signal }),
    staleTime: Infinity,
  });

/** What of the model a device's release lacks. */
export const lackingQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.lacking(id),
    queryFn: ({ signal }) => server.explorer.lacking({ params: { id }, signal }),
    staleTime: 60_000,
  });

/** A few devices for the palette. */
export const foundDevicesQuery = (server: VigilClient, search: string) =>
  queryOptions({
    queryKey: ["devices", "found", search],
    queryFn: ({ signal }) => server.devices.list({ query: { search, limit: 6 }, signal }),
    enabled: search !== "",
    staleTime: 10_000,
  });

export const collectionsQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.collections, queryFn: ({ signal }) => server.collections.list({ signal }) });

export const profilesQuery = (server: VigilClient) =>
  queryOptions({ queryKey: [...keys.profiles, "list"], queryFn: ({ signal }) => server.profiles.list({ signal }) });

export const profileQuery = (server: VigilClient, name: string) =>
  queryOptions({
    queryKey: keys.profile(name),
    queryFn: ({ signal }) => server.profiles.show({ params: { name }, signal }),
  });

export const profileVersionsQuery = (server: VigilClient, name: string) =>
  queryOptions({
    queryKey: [...keys.profileHistory(name), "versions"],
    queryFn: ({ signal }) => server.profiles.versions({ params: { name }, signal }),
  });

/** Versions never change, so neither does what differs between two of them. */
export const profileDiffQuery = (server: VigilClient, name: string, from: number, to: number) =>
  queryOptions({
    queryKey: [...keys.profileHistory(name), "diff", from, to],
    queryFn: ({ signal }) => server.profiles.diff({ params: { name }, query: { from, to }, signal }),
  });

/** What is to be said of settings that are not stored yet, for the devices that the profile is for. */
export const remarksQuery = (server: VigilClient, name: string, settings: ProfileSettings) =>
  queryOptions({
    queryKey: ["profile-remarks", name, settings],
    queryFn: ({ signal }) => server.profiles.check({ body: { settings, devicesOf: name }, signal }),
    placeholderData: (previous) => previous,
    staleTime: 60_000,
    gcTime: 60_000,
  });

export const directoriesQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.directories, queryFn: ({ signal }) => server.directories.list({ signal }) });

/** Those with the oldest passwords. */
export const directoryObjectsQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.directoryObjects,
    queryFn: ({ signal }) => server.directories.objects({ query: { limit: 200 }, signal }),
  });

export const assignmentRulesQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.assignmentRules, queryFn: ({ signal }) => server.assignments.rules({ signal }) });

export const assignmentEntriesQuery = (server: VigilClient, search: string) =>
  queryOptions({
    queryKey: [...keys.assignmentEntries, search],
    queryFn: ({ signal }) =>
      server.assignments.entries({ query: { limit: 200, ...(search === "" ? {} : { search }) }, signal }),
  });

/** What was decided for a device, and why. */
export const assignmentQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.assignment(id),
    queryFn: ({ signal }) => server.assignments.show({ params: { id }, signal }),
  });

export const runsQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.runs,
    queryFn: ({ signal }) => server.runs.list({ query: { limit: 200 }, signal }),
  });

export const runQuery = (server: VigilClient, id: string) =>
  queryOptions({ queryKey: keys.run(id), queryFn: ({ signal }) => server.runs.show({ params: { id }, signal }) });

export const provisioningQuery = (server: VigilClient, state: ProvisioningState | undefined) =>
  queryOptions({
    queryKey: [...keys.provisioning, state ?? "all"],
    queryFn: ({ signal }) =>
      server.provisioning.list({ query: { limit: 500, ...(state === undefined ? {} : { state }) }, signal }),
  });

/** Below provisioning, so that they are asked for again with the queue. */
export const failuresQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.provisioning, "failures"],
    queryFn: ({ signal }) => server.provisioning.failures({ signal }),
  });

export const delayedQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.provisioning, "delayed"],
    queryFn: ({ signal }) => server.provisioning.delayed({ signal }),
  });

export const sitesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.provisioning, "sites"],
    queryFn: ({ signal }) => server.provisioning.sites({ signal }),
  });

/** How one device stands in the queue, and what its last attempts did. */
export const deviceProvisioningQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.deviceProvisioning(id),
    queryFn: ({ signal }) => server.provisioning.show({ params: { id }, signal }),
  });

/** The audit entry of the last hold: who held the queue. Below provisioning, so that it is asked for again after a change. */
export const queueHeldQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.provisioning, "held"],
    queryFn: ({ signal }) => server.audit.list({ query: { search: "provisioning.held", limit: 10 }, signal }),
    retry: false,
  });

export const setupKeysQuery = (server: VigilClient) =>
  queryOptions({ queryKey: keys.setupKeys, queryFn: ({ signal }) => server.setupKeys.list({ signal }) });

export const setupCertificatesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.setupCertificates, "list"],
    queryFn: ({ signal }) => server.setupCertificates.list({ signal }),
  });

export const setupCertificateQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: [...keys.setupCertificates, "one", id],
    queryFn: ({ signal }) => server.setupCertificates.show({ params: { id }, signal }),
  });

export const coverageQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.coverage,
    queryFn: ({ signal }) => server.setupCertificates.coverage({ signal }),
    staleTime: 10_000,
  });

/** What a device would say to each setup certificate. */
export const verdictsQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.verdicts(id),
    queryFn: ({ signal }) => server.setupCertificates.verdicts({ params: { id }, signal }),
  });

/** Counts move while devices move from one to another. */
export const authoritiesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.authorities, "list"],
    queryFn: ({ signal }) => server.authorities.list({ signal }),
    refetchInterval: 5_000,
  });

export const authorityQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: [...keys.authorities, "one", id],
    queryFn: ({ signal }) => server.authorities.show({ params: { id }, signal }),
  });

/** Looked at again while it is on screen: sessions come and go, and count their bytes. */
export const sessionsQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.sessions,
    queryFn: ({ signal }) => server.sessions.list({ signal }),
    refetchInterval: 2_000,
  });

export const sessionSettingsQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.sessionSettings,
    queryFn: ({ signal }) => server.sessions.settings({ signal }),
  });

/** Looked at again while it is on screen: those that go on grow. */
export const recordingsQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: keys.recordings,
    queryFn: ({ signal }) => server.sessions.recordings({ query: { limit: 200 }, signal }),
    refetchInterval: 5_000,
    retry: false,
  });

/** The file of a recording: it is no part of the typed contract, as it is no JSON. */
export const recordingFileQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.recordings, "file", id],
    queryFn: async ({ signal }) => {
      const response = await fetch(recordingFilePath(id), { signal });
      if (!response.ok) throw await refusalIn(response);
      return new Uint8Array(await response.arrayBuffer());
    },
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });

/** Devices that are managed by their address at the moment, by whoever is signed in. */
export const visitsQuery = (server: VigilClient) =>
  queryOptions({ queryKey: [...keys.visits, "list"], queryFn: ({ signal }) => server.visits.list({ signal }) });

export const visitQuery = (server: VigilClient, id: string) =>
  queryOptions({
    queryKey: keys.visit(id),
    queryFn: ({ signal }) => server.visits.show({ params: { id }, signal }),
    retry: false,
  });

const auditPageSize = 200;

/** Which audit entries, as the route takes it. */
export type AuditFilter = Omit<NonNullable<Request<Api["audit"]["list"]>["query"]>, "before" | "limit">;

/** Audit entries page by page, newest first. */
export const auditQuery = (server: VigilClient, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.audit, filter],
    queryFn: ({ signal, pageParam }) => {
      const before = pageParam === 0 ? {} : { before: pageParam };
      return server.audit.list({ query: { ...filter, ...before, limit: auditPageSize }, signal });
    },
    initialPageParam: 0,
    getNextPageParam: (page) => (page.items.length < auditPageSize ? undefined : page.items.at(-1)?.id),
  });

/** Which actors and actions there are to choose from. */
export const auditChoicesQuery = (server: VigilClient) =>
  queryOptions({
    queryKey: [...keys.audit, "choices"],
    queryFn: ({ signal }) => server.audit.choices({ signal }),
    staleTime: 60_000,
  });

export function fetchDevices(server: VigilClient, filter: DeviceFilter) {
  return (offset: number, limit: number, signal: AbortSignal): Promise<DeviceWindow> =>
    server.devices.list({ query: { ...filter, offset, limit }, signal });
}

export function fetchDrift(server: VigilClient, setting: string | undefined) {
  const only = setting === undefined ? {} : { setting };
  return (offset: number, limit: number, signal: AbortSignal): Promise<DriftWindow> =>
    server.drift.list({ query: { ...only, offset, limit }, signal });
}

export function fetchResults(server: VigilClient, run: string, outcome: Outcome | undefined) {
  const only = outcome === undefined ? {} : { outcome };
  return (offset: number, limit: number, signal: AbortSignal): Promise<ResultWindow> =>
    server.runs.results({ params: { id: run }, query: { ...only, offset, limit }, signal });
}

/** What a failed query or command says, for the parts that show failures. */
export function failureOf(error: unknown): ErrorReport {
  const { code, side, message, next, details } = reportOf(error);
  return { code, side, message, next, details: { ...details } };
}

/** Why the server does not give a file. */
async function refusalIn(response: Response): Promise<VigilError> {
  // Border: the server answers every refusal with a report.
  const answer: { readonly error: ErrorReport } = await response.json();
  const { code, side, message, next } = answer.error;
  return new VigilError(code, { side, title: message, next });
}
