import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { listenForHellos, type HelloListener } from "@vigil/amt-client/listen/hello.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "@vigil/postgres/postgres.ts";
import { Work } from "@vigil/work/work.ts";
import { Access } from "./access/access.ts";
import { accessRoutes } from "./access/access.routes.ts";
import { Assignments } from "./assignments/assignments.ts";
import { assignmentsRoutes } from "./assignments/assignments.routes.ts";
import { Audit, chainKeyFrom, Paths } from "./audit/audit.ts";
import { auditRoutes } from "./audit/audit.routes.ts";
import { Boots } from "./boots/boots.ts";
import { bootsRoutes } from "./boots/boots.routes.ts";
import { Collections } from "./collections/collections.ts";
import { collectionsRoutes } from "./collections/collections.routes.ts";
import type { ServerConfig } from "./config.ts";
import { Credentials } from "./credentials/credentials.ts";
import { credentialsRoutes } from "./credentials/credentials.routes.ts";
import { Devices } from "./devices/devices.ts";
import { devicesRoutes, summariesOf } from "./devices/devices.routes.ts";
import { Directories } from "./directories/directories.ts";
import { directoryRoutes } from "./directories/directories.routes.ts";
import { startCleanUp } from "./directories/directories.work.ts";
import { consentRoutes } from "./devices/consent.routes.ts";
import { explorerRoutes } from "./devices/explorer.routes.ts";
import { Readings } from "./devices/readings.ts";
import { readingRoutes } from "./devices/readings.routes.ts";
import { fail } from "./errors.ts";
import { Events } from "./events.ts";
import { startHttp, type RouteBinding } from "./http.ts";
import { LiveFeed } from "./http/live-feed.ts";
import { Isolations } from "./isolations/isolations.ts";
import { Images } from "./images/images.ts";
import { imagesRoutes } from "./images/images.routes.ts";
import { Jobs } from "./jobs/jobs.ts";
import { jobsRoutes } from "./jobs/jobs.routes.ts";
import { isRunLane, Runs } from "./runs/runs.ts";
import { runsRoutes } from "./runs/runs.routes.ts";
import { migrations } from "./migrations/all.ts";
import { policiesRoutes } from "./policies/policies.routes.ts";
import { Policies } from "./policies/policies.ts";
import { Profiles } from "./profiles/profiles.ts";
import { profilesRoutes } from "./profiles/profiles.routes.ts";
import { authorityRoutes } from "./provisioning/authorities.routes.ts";
import { delayedRoutes } from "./provisioning/delayed.routes.ts";
import { driftRoutes } from "./provisioning/drift.routes.ts";
import { Provisioning } from "./provisioning/provisioning.ts";
import { attemptNews, provisioningRoutes } from "./provisioning/provisioning.routes.ts";
import { setupKeyRoutes } from "./provisioning/setup-keys.routes.ts";
import { setupCertificateRoutes } from "./provisioning/setup-certificates.routes.ts";
import { Recordings } from "./sessions/recordings.ts";
import { Sessions } from "./sessions/sessions.ts";
import { sessionsRoutes } from "./sessions/sessions.routes.ts";
import { Schedules } from "./schedules/schedules.ts";
import { schedulesRoutes } from "./schedules/schedules.routes.ts";
import { timelineOf } from "./runs/timeline.ts";
import { Visits } from "./visits/visits.ts";
import { visitRoutes } from "./visits/visits.routes.ts";

export interface RunningServer {
  readonly url: string;
  readonly helloPort: number;
  /** PEM of the root that devices have to trust, unless a bought setup certificate was added. */
  readonly setupRootPem: string;
  /** A link that signs in once. */
  signInLink(): Promise<string>;
  /** An API key for scripts; one of the same name is replaced. */
  createApiKey(name: string): Promise<string>;
  /** Enters devices as set up already: for who starts this server in its own process and has the devices, too. */
  readonly enrol: Provisioning["enrol"];
  /** How the fleet stands. */
  summary(): ReturnType<Devices["counts"]>;
  stop(): Promise<void>;
}

export interface ServerDeps {
  readonly clock: Clock;
  readonly log: Log;
}

interface Rooms {
  readonly access: Access;
  readonly assignments: Assignments;
  readonly audit: Audit;
  readonly boots: Boots;
  readonly collections: Collections;
  readonly credentials: Credentials;
  readonly devices: Devices;
  readonly directories: Directories;
  readonly events: Events;
  readonly images: Images;
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly policies: Policies;
  readonly profiles: Profiles;
  readonly provisioning: Provisioning;
  readonly readings: Readings;
  readonly recordings: Recordings;
  readonly schedules: Schedules;
  readonly sessions: Sessions;
  readonly visits: Visits;
}

/**
 * Wires everything and starts it in this order: database, queue, rooms, work, hellos, HTTP. Stops in the opposite one.
 * @throws postgres.*, credentials.master-key.*, provisioning.certificate.*, server.port.in-use (caller)
 */
export async function startServer(config: ServerConfig, { clock, log }: ServerDeps): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const database = config.databaseUrl === undefined ? { directory: databaseIn(config) } : { url: config.databaseUrl };
  const postgres = stack.use(await openPostgres(database, { clock, log }));
  await postgres.migrate(migrations);
  const paths = new Paths();
  const around = (lane: string, handle: () => Promise<void>): Promise<void> =>
    paths.run(isRunLane(lane) ? "job" : "vigil", handle);
  const work = await Work.start(postgres, { clock, log, around });
  stack.defer(() => work.stop());
  const rooms = await openRooms(config, { postgres, work, paths, clock, log });
  stack.defer(() => rooms.visits.stop());
  stack.defer(() => rooms.provisioning.settled());
  await addSetupCertificate(config, rooms, postgres);
  writeFileSync(join(config.dataDirectory, "setup-root.pem"), rooms.credentials.setupRootPem);
  work.begin();
  stack.defer(rooms.runs.begin());
  stack.defer(() => rooms.images.stop());
  stack.defer(() => rooms.boots.stop());
  stack.defer(rooms.provisioning.maintain());
  stack.defer(rooms.policies.maintain());
  stack.defer(rooms.schedules.maintain());
  stack.defer(rooms.recordings.maintain());
  const hellos = await listen(config, rooms, { clock, log });
  stack.defer(() => hellos.close());
  const live = liveFeed(rooms, { clock, log });
  stack.defer(() => live.stop());
  const version = versionOf();
  const meta = { version, mode: config.mode, helloPort: hellos.port, startedAt: new Date(clock.now()).toISOString() };
  const bindings = bindingsOf(rooms, { postgres, clock, meta, dnsServers: config.dnsServers });
  const { access } = rooms;
  const { issued } = rooms.credentials;
  const http = await startHttp({
    host: config.httpHost,
    port: config.httpPort,
    access,
    paths,
    live,
    bindings,
    log,
    version,
    revocationList: (authority) => issued.revocationList(authority),
    recording: (actor, id) => rooms.recordings.file(actor, id),
    session: (socket, ticket, login) => rooms.sessions.serve(socket, ticket, login),
  });
  stack.defer(() => http.close());
  stack.defer(() => rooms.sessions.stop());
  const owned = stack.move();
  return {
    url: http.url,
    helloPort: hellos.port,
    setupRootPem: rooms.credentials.setupRootPem,
    signInLink: async () => `${http.url}/sign-in#token=${(await access.newLink("vigil")).token}`,
    createApiKey: async (name) => (await access.createKey("owner", name)).key,
    enrol: (all) => rooms.provisioning.enrol(all),
    summary: () => rooms.devices.counts(),
    stop: () => owned.disposeAsync(),
  };
}

function databaseIn(config: ServerConfig): string {
  return join(config.dataDirectory, "database");
}

async function openRooms(
  config: ServerConfig,
  deps: ServerDeps & { readonly postgres: Postgres; readonly work: Work; readonly paths: Paths },
): Promise<Rooms> {
  const { postgres, work, paths, clock, log } = deps;
  const { masterKey, domainSuffix, publicUrl } = config;
  const events = new Events();
  const audit = new Audit(postgres, clock, { key: chainKeyFrom(masterKey), paths });
  const access = new Access({ postgres, audit, clock });
  const credentials = await Credentials.start({
    postgres,
    clock,
    log,
    masterKey,
    domainSuffix,
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  const profiles = new Profiles({ postgres, audit, credentials, clock });
  await profiles.prepare(domainSuffix);
  const oldestTlsIn = async (profile: string | null) => (await profiles.named(profile)).tls.oldestTls;
  const devices = new Devices({ postgres, credentials, events, clock, oldestTlsIn });
  const assignments = new Assignments({ postgres, devices, profiles, credentials, audit, clock });
  const directories = new Directories({ postgres, credentials, audit, clock });
  const cleanUp = await startCleanUp(work, directories);
  const collections = new Collections({ postgres, devices, audit, clock });
  const dialerTo = (host: string) => directDialer({ host });
  const provisioning = new Provisioning({
    postgres,
    work,
    devices,
    credentials,
    profiles,
    assignments,
    audit,
    events,
    clock,
    log,
    dialerTo,
    domainSuffix,
    secretDays: config.secretDays,
    kerberosKeys: directories,
    leftovers: { directoryObject: (device) => cleanUp.later(device) },
  });
  await provisioning.prepare();
  directories.whenPut(async (tx) => void (await provisioning.reopen(tx, { kind: "directory" })));
  profiles.whenChanged(async (tx, profile, what) => {
    await provisioning.reopen(tx, { kind: what === "secret" ? "profile-secret" : "profile", profile });
  });
  const images = new Images({ postgres, audit, clock, folder: join(config.dataDirectory, "images") });
  await images.prepare();
  const recordings = new Recordings({ postgres, audit, clock, log, folder: join(config.dataDirectory, "recordings") });
  const sessions = new Sessions({ postgres, devices, audit, recordings, clock, log });
  access.whenLoggedOut((login) => sessions.loggedOut(login));
  const boots = new Boots({
    postgres,
    work,
    devices,
    images,
    sessions,
    audit,
    clock,
    log,
    inRuns: config.imagesAtOnce,
  });
  await boots.prepare();
  const readings = new Readings({ devices, postgres, clock });
  const runs = new Runs({
    postgres,
    work,
    devices,
    provisioning,
    boots,
    isolations: new Isolations({ postgres, devices, audit, clock }),
    collections,
    audit,
    events,
    dialerTo,
    hasImage: (name) => images.has(name),
    readHardware: (device, signal) => readings.readHardware(device, signal),
    clock,
    log,
    fleetLimits: config.fleetLimits,
    keptDays: config.runDays,
  });
  await runs.prepare();
  const schedules = new Schedules({ postgres, work, runs, audit, clock, log });
  await schedules.prepare();
  const jobs = new Jobs({ postgres, audit, collections, images, schedules, clock });
  runs.useJobs((name, version) => (version === undefined ? jobs.get(name) : jobs.version(name, version)));
  const policies = new Policies({
    postgres,
    work,
    runs,
    collections,
    devices,
    provisioning,
    audit,
    clock,
    log,
    windows: schedules.windows,
  });
  await policies.prepare();
  const visits = new Visits({ postgres, devices, credentials, assignments, audit, clock, dialerTo });
  return {
    access,
    assignments,
    audit,
    boots,
    collections,
    credentials,
    devices,
    directories,
    events,
    images,
    jobs,
    policies,
    runs,
    profiles,
    provisioning,
    readings,
    recordings,
    schedules,
    sessions,
    visits,
  };
}

/** The setup certificate of the command line, unless it is there already. */
async function addSetupCertificate(
  config: ServerConfig,
  { credentials, provisioning }: Rooms,
  postgres: Postgres,
): Promise<void> {
  const given = config.setupCertificate;
  if (given === undefined) return;
  if (await credentials.setup.holds(given)) return;
  await postgres.transaction(async (tx) => {
    const { rootHashes } = await credentials.setup.add(tx, given);
    await provisioning.reopen(tx, { kind: "setup-certificate", rootHashes: Object.values(rootHashes) });
  });
}

async function listen(
  config: ServerConfig,
  { provisioning }: Rooms,
  { clock, log }: ServerDeps,
): Promise<HelloListener> {
  const { helloHost: host, helloPort: port } = config;
  try {
    return await listenForHellos({
      host,
      port,
      clock,
      log,
      onHello: (hello, address) => provisioning.onHello(hello, address),
      onRefused: (error, address) => provisioning.onRefused(error, address),
    });
  } catch (cause) {
    throw fail("server.port.in-use", { details: { host, port }, cause });
  }
}

function liveFeed({ events, devices, collections, runs, provisioning }: Rooms, deps: ServerDeps): LiveFeed {
  const collectionsOf = collections.namesFor.bind(collections);
  const stepOf = provisioning.attempts.stepOf.bind(provisioning.attempts);
  return new LiveFeed({
    ...deps,
    events,
    sources: {
      devices: async (ids) => {
        const page = { sort: "hostName", order: "asc", limit: ids.length, offset: 0 } as const;
        const { items } = await devices.list({ uuids: ids }, page);
        return summariesOf(items, { collectionsOf, stepOf });
      },
      runs: (ids) => runs.runsOf(ids),
      attempts: async (moved) => (await provisioning.attempts.newsOf(moved)).map(attemptNews),
      results: async (run, ids) => (await runs.results(run, { devices: ids, limit: ids.length, offset: 0 })).items,
    },
  });
}

function bindingsOf(
  rooms: Rooms,
  deps: {
    readonly postgres: Postgres;
    readonly clock: Clock;
    readonly meta: Parameters<typeof accessRoutes>[1];
    readonly dnsServers: readonly string[];
  },
): readonly RouteBinding[] {
  const { access, assignments, audit, boots, collections, credentials, devices, directories } = rooms;
  const { images, jobs, runs, profiles, provisioning, visits } = rooms;
  const { postgres, clock, meta, dnsServers } = deps;
  return [
    ...accessRoutes(access, meta),
    ...assignmentsRoutes(assignments, {
      assign: (uuid, how) => provisioning.assign(uuid, how),
      assignLater: (tx, uuid) => provisioning.assignLater(tx, uuid),
    }),
    ...auditRoutes(audit, {
      devicesOf: async (name) => (await devices.find([name])).map(({ uuid }) => uuid),
      namesOf: async (uuids) => {
        const page = { sort: "hostName", order: "asc", limit: uuids.length, offset: 0 } as const;
        const { items } = await devices.list({ uuids }, page);
        return new Map(items.map(({ uuid, hostName, address }) => [uuid, hostName ?? address]));
      },
    }),
    ...bootsRoutes(boots),
    ...collectionsRoutes(collections),
    ...devicesRoutes(
      { devices, audit, postgres, clock },
      {
        resolved: (filter) => collections.resolved(filter),
        collectionsOf: (records) => collections.namesFor(records),
        timeline: (uuid, limit) => timelineOf({ audit, runs, devices }, uuid, limit),
        runningRuns: () => runs.runningCount(),
        provision: (uuid, actor) => provisioning.retry(uuid, actor),
        retirements: provisioning.retirements,
        stepOf: (uuid) => provisioning.attempts.stepOf(uuid),
      },
    ),
    ...directoryRoutes({ directories, clock }),
    ...consentRoutes({ devices, audit, postgres }),
    ...explorerRoutes({ devices, audit, postgres, clock }),
    ...imagesRoutes(images),
    ...readingRoutes({
      readings: rooms.readings,
      devices,
      credentials,
      audit,
      postgres,
      accountsIn: async (profile) => (await profiles.named(profile)).accounts,
    }),
    ...jobsRoutes(jobs),
    ...policiesRoutes(rooms.policies),
    ...schedulesRoutes(rooms.schedules),
    ...runsRoutes(runs),
    ...profilesRoutes(profiles, {
      devicesOf: () => devices.profileCounts(),
      usesOf: (name) => assignments.usesOf(name),
      kindsOf: (profile) => devices.kindsWith(profile),
    }),
    ...credentialsRoutes(
      { credentials, audit, postgres, clock },
      {
        knows: async (device) => ({ isRetired: (await devices.get(device)).state === "retired" }),
        rotateLater: (tx, device, delaySeconds) => provisioning.rotateLater(tx, device, delaySeconds),
      },
    ),
    ...driftRoutes({ provisioning, devices }),
    ...authorityRoutes({ provisioning, credentials, devices, audit, postgres, clock }),
    ...provisioningRoutes({ provisioning, credentials }),
    ...delayedRoutes(provisioning),
    ...sessionsRoutes(rooms.sessions, rooms.recordings),
    ...setupKeyRoutes({ provisioning, credentials, audit, postgres }),
    ...setupCertificateRoutes({ provisioning, credentials, devices, audit, postgres, clock, dnsServers }),
    ...visitRoutes({ visits, clock }),
  ];
}

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8"));
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
  return typeof version === "string" ? version : "0";
}
