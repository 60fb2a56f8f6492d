import { reportOf, VigilError } from "@vigil/base/errors.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Hello } from "@vigil/amt-client/listen/hello.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { AssignedChange, Assignments } from "../assignments/assignments.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuthoritySurroundings, Credentials, DeviceKnowledge } from "../credentials/credentials.ts";
import type { Devices } from "../devices/devices.ts";
import { fail as failDevices } from "../errors.ts";
import type { Events } from "../events.ts";
import type { Profiles } from "../profiles/profiles.ts";
import { assign, assigningItems, assigningLane } from "./assigning.ts";
import { authorityRound } from "./authority-round.ts";
import { Attempts } from "./attempts.ts";
import type { Coverage } from "./coverage.ts";
import { coverageOfFleet } from "./fleet-coverage.ts";
import { domainsOf } from "./domains.ts";
import type { Leftovers, Wish } from "./departure.ts";
import { Departures } from "./departures.ts";
import { DelayedProvisioning, type DelayedRound, type IgnorableCheck } from "./delayed.ts";
import { knowledgeOf } from "./device-knowledge.ts";
import { enrol, type Enrolment, type Enrollee } from "./enrolment.ts";
import { isEcho, laneOf, usefulHello, type Entry, type EntryState, type UsefulHello } from "./entry.ts";
import { fail } from "./errors.ts";
import { provisionFromHost, type HostDoor, type HostTask } from "./from-host.ts";
import { Gate, laneNames } from "./gate.ts";
import { Sites } from "./sites.ts";
import { Intake, type Arrival } from "./intake.ts";
import { HelloLedger } from "./ledger.ts";
import { lookForDrift, reconcile } from "./drift.ts";
import type { KerberosKeys } from "./kerberos-keys.ts";
import { DriftStore, type Drift } from "./drift.store.ts";
import { maintenanceItems, maintenanceLane, maintenanceRound } from "./maintenance.work.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { Retirements } from "./retirements.ts";
import { rotate, type Rotated } from "./rotation.ts";
import { rotationLane } from "./rotation.work.ts";
import { provisioningLane } from "./provisioning.work.ts";
import type { Difference } from "./steps/step.ts";
import { reopen, type ReopenEvent } from "./remedies.ts";
import { ProvisioningStore } from "./provisioning.store.ts";

export { wishIn } from "./departure.ts";
export type { Drift } from "./drift.store.ts";
export type { Enrollee, Enrolment } from "./enrolment.ts";
export type { Entry, EntryState } from "./entry.ts";

export interface ProvisioningDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly devices: Devices;
  readonly credentials: Credentials;
  readonly profiles: Profiles;
  readonly assignments: Assignments;
  readonly audit: Audit;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Log;
  readonly dialerTo: (address: string) => Dialer;
  /** The server's `--domain`: what devices are taken to be in when nothing better is known. */
  readonly domainSuffix: string;
  /** Days that the secrets of a retired device are kept, when nobody says otherwise. */
  readonly secretDays?: number;
  /** What else is a device's, and is given up with it; absent where there is nothing. */
  readonly leftovers?: Leftovers;
  /** Absent where no directory is to be asked. */
  readonly kerberosKeys?: KerberosKeys;
  /** The way from inside a machine; absent while nothing in any machine offers one. */
  readonly hostDoorTo?: (uuid: string) => Promise<HostDoor | undefined>;
}

/** Chosen: an audit asks after a stolen machine within a quarter. */
const usualSecretDays = 90;
const rotationsLane = "rotations";
const betweenRoundsMs = 3_600_000;

/** Brings devices from first sight to provisioned. What is under way lies in the database; a restart goes on with it. */
export class Provisioning {
  readonly #deps: ProvisioningDeps;
  readonly #store: ProvisioningStore;
  readonly #intake: Intake;
  readonly #turns = new OneAtATime();
  readonly #drifts: DriftStore;
  readonly #departures: Departures;
  /** Devices that are no longer trusted. */
  readonly retirements: Retirements;
  #round: (() => Promise<void>) | undefined;
  readonly attempts: Attempts;
  readonly ledger: HelloLedger;
  readonly #gate: Gate;
  readonly sites: Sites;
  readonly #stopped = new AbortController();
  /** The policy over devices that are not provisioned. */
  readonly delayed: DelayedProvisioning;

  constructor(deps: ProvisioningDeps) {
    this.#deps = deps;
    this.#store = new ProvisioningStore(deps.postgres);
    this.#drifts = new DriftStore(deps.postgres);
    const { secretDays = usualSecretDays, leftovers } = deps;
    const own = { turns: this.#turns, store: this.#store, drifts: this.#drifts };
    this.#departures = new Departures({ ...deps, ...own, secretDays, leftovers });
    this.retirements = new Retirements({ ...deps, ...own, secretDays, leftovers });
    this.attempts = new Attempts(deps);
    this.ledger = new HelloLedger(deps);
    this.#gate = new Gate(deps);
    this.sites = new Sites({ ...deps, gate: this.#gate });
    this.delayed = new DelayedProvisioning(deps, {
      targets: (limit) => this.#store.failed(limit),
      addressesOf: (uuid) => this.#addressesOf(uuid),
      reopenAt: async (device, address) => {
        const event = { kind: "known-address", device, address } as const;
        return (await deps.postgres.transaction((tx) => this.reopen(tx, event))).length > 0;
      },
      setUpFromHost: async (uuid, door, signal) =>
        void (await this.setUpFromHost({ uuid, door, mode: "either", signal })),
    });
    this.#intake = new Intake({ note: (arrivals) => this.#note(arrivals), clock: deps.clock, log: deps.log });
  }

  /** Defines the lane and makes sure that whatever is unfinished is in it. */
  async prepare(): Promise<void> {
    const deps = {
      ...this.#deps,
      turns: this.#turns,
      attempts: this.attempts,
      gate: this.#gate,
      ignores: (check: IgnorableCheck) => this.delayed.ignores(check),
    };
    for (const lane of ["fast", "slow"] as const) {
      await this.#deps.work.define(laneNames[lane], provisioningLane(deps, this.#store, lane));
    }
    await this.#deps.work.define(rotationsLane, rotationLane(deps));
    await this.#deps.work.define(maintenanceLane, maintenanceItems(deps));
    await this.#departures.prepare();
    await this.#deps.work.define(assigningLane, assigningItems(deps));
    // An item whose last try ended with the process itself has left the queue, its entry has not.
    for (const { uuid, lane } of await this.#store.unfinished()) {
      await this.#deps.work.send(laneNames[lane], { uuid }, { key: uuid });
    }
    if ((await this.#store.held()) !== undefined) this.#setHeld(true);
    await this.#gate.look();
  }

  /** Looks for what is due now, and every hour from now on. @returns ends it */
  maintain(): () => void {
    const rotateLater = async (uuid: string, delaySeconds: number): Promise<void> =>
      void (await this.#deps.work.send(rotationsLane, { uuid }, { key: uuid, delaySeconds }));
    const deps = { ...this.#deps, records: [this.attempts, this.ledger] };
    const { signal } = this.#stopped;
    const round = async (): Promise<void> => {
      await authorityRound(this.#deps);
      await maintenanceRound(deps, rotateLater);
      await this.retirements.round();
      await this.delayed.roundIfDue(signal);
    };
    this.#round = round;
    void round();
    const ends = [this.#deps.clock.every(betweenRoundsMs, () => void round()), this.#gate.open()];
    return () => {
      this.#stopped.abort();
      for (const end of ends) end();
    };
  }

  /** Does not wait an hour for the next look at what is due. */
  lookNow(): void {
    void this.#round?.();
  }

  /** What the authorities of the devices' certificates are held against: who is there, and where. */
  async surroundings(): Promise<AuthoritySurroundings> {
    const kinds = await this.#deps.devices.setupKinds();
    const fleet = kinds.map(({ release, devices, example }) => ({ release, devices, example }));
    return { fleet, domains: [...(await this.suffixes()).keys()] };
  }

  /** A device asks to be set up. Never throws: who sends hellos gets no answer. */
  onHello(hello: Hello, address: string): void {
    try {
      this.#intake.add({ hello: usefulHello(hello), address });
    } catch (error) {
      this.#intake.refuse(error, address);
    }
  }

  /** Something that is no hello came to the hello port. */
  onRefused(error: VigilError, address: string): void {
    this.#intake.refuse(error, address);
  }

  /** Begins again with a device, from its first step that is not done. @throws devices.unknown, provisioning.hello.none (caller) */
  async retry(uuid: string, actor: string): Promise<void> {
    const { postgres, audit, devices } = this.#deps;
    await postgres.transaction(async (tx) => {
      const device = await devices.get(uuid, tx);
      if (device.state === "retired") {
        throw failDevices("devices.state.wrong", { details: { device: uuid, state: "retired", needed: "readmitted" } });
      }
      const entry = await this.#store.get(uuid, tx);
      if (entry === undefined) throw fail("provisioning.hello.none", { details: { device: uuid } });
      await audit.write(tx, {
        actor,
        action: "provisioning.asked",
        device: uuid,
        summary: "Asked to provision it again",
      });
      if (entry.state === "waiting" || entry.state === "running") return;
      const address = device.state === "provisioned" ? device.address : entry.address;
      const lane = laneOf(entry.error);
      await this.#ask(tx, { ...entry, address, lane }, device.state !== "provisioned");
    });
  }

  /** Begins again with the devices that failed for want of what has just come. @returns their uuids */
  reopen(tx: Tx, event: ReopenEvent, actor = "vigil"): Promise<readonly string[]> {
    const { devices, audit, clock } = this.#deps;
    const deps = { store: this.#store, gate: this.#gate, devices, audit };
    return reopen(tx, deps, event, { actor, at: new Date(clock.now()) });
  }

  /** Begins again with all that ended with that code. @returns how many */
  async retryAll(code: string, actor: string): Promise<number> {
    return (await this.#deps.postgres.transaction((tx) => this.reopen(tx, { kind: "asked", code }, actor))).length;
  }

  /** Each code that attempts have ended with, and how many devices are at it now. */
  codes(): ReturnType<ProvisioningStore["codes"]> {
    return this.#store.codes();
  }

  /**
   * Sets a device up from inside its machine, over whatever way leads there, and notes it like one that has said hello.
   * @returns the control mode that it is in @throws as provisionFromHost() in from-host.ts
   */
  async setUpFromHost(task: HostTask): Promise<"client" | "admin"> {
    const { postgres, devices, assignments, audit, clock } = this.#deps;
    const { uuid, door } = task;
    const at = new Date(clock.now());
    const method = task.mode === "client" ? ("host-client" as const) : ("host-admin" as const);
    const attempt = await postgres.transaction(async (tx) => {
      await devices.sighted(tx, { uuid, address: door.address, at });
      const { profile } = await assignments.likely(uuid, door.address, tx);
      await devices.noteFacts(tx, uuid, { profile: profile.name });
      await this.#store.ask(tx, { uuid, address: door.address, hashes: [], lane: "fast", method, pid: null, at });
      await this.#store.begin(tx, uuid, at);
      await devices.setState(tx, uuid, { state: "provisioning" });
      return this.attempts.begin(tx, { uuid, address: door.address, lane: "fast" });
    });
    const { trail } = attempt;
    try {
      const mode = await this.#turns.run(uuid, () => provisionFromHost({ ...this.#deps, trail }, task));
      await postgres.transaction(async (tx) => {
        await devices.noteFacts(tx, uuid, { setupMethod: `host-${mode}` });
        await this.#store.done(tx, uuid, new Date(clock.now()));
        await this.attempts.end(tx, attempt, "done", null);
        await devices.provisioned(tx, uuid);
        const summary = `Provisioned from inside its machine, in ${mode} control mode`;
        await audit.write(tx, { actor: "vigil", action: "device.provisioned", device: uuid, summary });
      });
      return mode;
    } catch (cause) {
      const error = reportOf(cause);
      await postgres.transaction(async (tx) => {
        await this.#store.fail(tx, uuid, { error, step: trail.step, at: new Date(clock.now()) });
        await this.attempts.end(tx, attempt, "failed", error);
        await devices.setState(tx, uuid, { state: "failed", error });
        const summary = `Provisioning failed: ${error.message}`;
        const details = { code: error.code };
        await audit.write(tx, { actor: "vigil", action: "provisioning.failed", device: uuid, summary, details });
      });
      throw cause;
    }
  }

  /** Enters devices as set up already, a few hundred at a time. @returns what has to be put into each; none for those that are left alone */
  enrol(all: readonly Enrollee[]): Promise<Enrolment[]> {
    return enrol(this.#deps, all);
  }

  /** Gives a device a new admin password, and proves it. @throws as rotate() in rotation.ts */
  rotate(uuid: string, signal: AbortSignal): Promise<Rotated> {
    return this.#turns.run(uuid, () => rotate(this.#deps, uuid, signal));
  }

  /** Makes a device forget us, and looks whether it has. @returns in words what came of it @throws as Departures.unprovision() */
  unprovision(uuid: string, wish: Wish, actor: string, signal: AbortSignal): Promise<string> {
    return this.#departures.unprovision(uuid, wish, actor, signal);
  }

  /** Compares a device with its profile. @throws as lookForDrift() in drift.ts */
  lookForDrift(uuid: string, signal: AbortSignal): Promise<Drift> {
    return this.#turns.run(uuid, () => lookForDrift({ ...this.#deps, drifts: this.#drifts }, uuid, signal));
  }

  /** Makes a device as its profile says. @returns what was changed @throws as reconcile() in drift.ts */
  reconcile(uuid: string, signal: AbortSignal): Promise<readonly Difference[]> {
    return this.#turns.run(uuid, () => reconcile({ ...this.#deps, drifts: this.#drifts }, uuid, signal));
  }

  /** What was found when the device was last looked at. */
  driftOf(uuid: string): Promise<Drift | undefined> {
    return this.#drifts.get(uuid);
  }

  /** Which devices were as their profiles when they were last compared, and which differed. */
  compared(): ReturnType<DriftStore["compared"]> {
    return this.#drifts.compared();
  }

  /** Devices that differ from their profile. */
  drifting(page: Parameters<DriftStore["list"]>[0]): ReturnType<DriftStore["list"]> {
    return this.#drifts.list(page);
  }

  /** In which settings devices differ, and how many of those that were compared do. */
  async driftBySetting() {
    return { settings: await this.#drifts.settings(), ...(await this.#drifts.counts()) };
  }

  /** Decides anew what a device gets. A new name of a device that is ours is written to it later. @throws as Assignments.decide() */
  assign(
    uuid: string,
    how: { readonly actor: string; readonly signal: AbortSignal },
  ): Promise<readonly AssignedChange[]> {
    return this.#turns.run(uuid, () => assign(this.#deps, uuid, how));
  }

  /** The same later, whatever happens to this process in between. */
  async assignLater(tx: Tx, uuid: string): Promise<void> {
    await this.#deps.work.send(assigningLane, { uuid }, { tx, key: uuid });
  }

  /** Gives it one later, whatever happens to this process in between. */
  async rotateLater(tx: Tx, uuid: string, delaySeconds: number): Promise<void> {
    await this.#deps.work.send(rotationsLane, { uuid }, { tx, key: uuid, delaySeconds });
  }

  /** What is known of a device that decides which setup certificate it accepts. @throws devices.unknown (caller) */
  async knowledgeOf(uuid: string): Promise<DeviceKnowledge> {
    const { devices, profiles, assignments, domainSuffix } = this.#deps;
    const device = await devices.get(uuid);
    const [entry, { name }] = await Promise.all([this.#store.get(uuid), profiles.named(device.profile)]);
    const { changedAt } = await profiles.get(name);
    const { domainName } = await assignments.likely(uuid, device.address);
    return knowledgeOf({ entry, device, domainName, domainAt: changedAt, domainSuffix });
  }

  /** Which setup certificate sets up how many devices, and why none does for the rest. */
  coverage(): Promise<Coverage> {
    return coverageOfFleet(this.#deps, this.#store);
  }

  /** DNS suffixes that devices may have, with how many have each: by what was said of them, by their profiles, by the server. */
  async suffixes(): Promise<ReadonlyMap<string, number>> {
    const { devices, profiles, domainSuffix } = this.#deps;
    const domains = await domainsOf(profiles);
    const counts = new Map<string, number>([[domainSuffix, 0]]);
    for (const { profile, dnsSuffix, devices: count } of await devices.setupKinds()) {
      const suffix = (dnsSuffix ?? (domains(profile) || domainSuffix)).toLowerCase();
      counts.set(suffix, (counts.get(suffix) ?? 0) + count);
    }
    for (const { settings } of await profiles.list()) {
      const suffix = settings.general.domainName.toLowerCase();
      if (suffix !== "" && !counts.has(suffix)) counts.set(suffix, 0);
    }
    return counts;
  }

  /** Holds the queue: devices under way end as they will, and no other is begun until it is let go. Survives a restart. */
  async hold(isHeld: boolean, actor: string): Promise<void> {
    const { postgres, audit, clock } = this.#deps;
    await postgres.transaction(async (tx) => {
      await this.#store.hold(tx, isHeld, actor, new Date(clock.now()));
      const summary = isHeld ? "Held the provisioning queue" : "Let the provisioning queue go on";
      await audit.write(tx, { actor, action: isHeld ? "provisioning.held" : "provisioning.resumed", summary });
      tx.afterCommit(() => this.#setHeld(isHeld));
    });
  }

  /** The device's entry; undefined when it has never asked. */
  entryOf(uuid: string): Promise<Entry | undefined> {
    return this.#store.get(uuid);
  }

  /** Looks now at every device that is not provisioned, whatever the policy says of when. */
  async delayedRound(actor: string): Promise<DelayedRound> {
    const { postgres, audit } = this.#deps;
    const summary = "Asked for a round of delayed provisioning";
    await postgres.transaction((tx) => audit.write(tx, { actor, action: "provisioning.delayed-round", summary }));
    return this.delayed.round(this.#stopped.signal);
  }

  /** Where the device may be, the likeliest first. */
  async #addressesOf(uuid: string): Promise<readonly string[]> {
    const [entry, device, hellos] = await Promise.all([
      this.#store.get(uuid),
      this.#deps.devices.lookUp(uuid),
      this.ledger.of(uuid),
    ]);
    const known = [entry?.address, device?.address, ...(hellos?.ledger.addresses ?? []).map(({ address }) => address)];
    return [...new Set(known.filter((one) => one !== undefined))];
  }

  /** Milliseconds since 1970, by the clock that next tries are set by. */
  now(): number {
    return this.#deps.clock.now();
  }

  /** While the queue is held: how many were under way when that began. */
  held(): ReturnType<ProvisioningStore["held"]> {
    return this.#store.held();
  }

  #setHeld(isHeld: boolean): void {
    for (const name of Object.values(laneNames)) this.#deps.work.hold(name, isHeld);
  }

  list(which: Partial<Pick<Entry, "state" | "lane">>, limit: number): Promise<Entry[]> {
    return this.#store.list(which, limit);
  }

  counts(): Promise<Readonly<Record<EntryState, number>>> {
    return this.#store.counts();
  }

  /** How many hellos were refused since the start, by error code. */
  get refused(): Readonly<Record<string, number>> {
    return this.#intake.refused;
  }

  /** Resolves when the hellos that have come are noted: before the database is closed. */
  settled(): Promise<void> {
    return this.#intake.settled();
  }

  /** Notes hellos: the sighting, the profile, the work and the audit entry in one transaction. */
  async #note(arrivals: readonly Arrival[]): Promise<void> {
    await this.#deps.postgres.transaction(async (tx) => {
      for (const arrival of arrivals) await this.#noteOne(tx, arrival);
    });
  }

  async #noteOne(tx: Tx, { hello, address }: Arrival): Promise<void> {
    const { devices, audit, clock } = this.#deps;
    const { uuid, retryCount: retry } = hello;
    const hashes = hello.version === 3 ? hello.rootHashes : [];
    const known = await devices.lookUp(uuid, tx);
    const at = new Date(clock.now());
    // Anybody can send a hello: it moves nothing about a device that is ours until that device has proved it.
    const isOurs = known?.state === "provisioned";
    const refusal = await this.retirements.refuse(tx, known, address);
    if (refusal !== undefined) return this.#intake.refuse(refusal, address);
    const sighting = { uuid, address: isOurs ? known.address : address, at, hello: { retry, hashes: hashes.length } };
    await devices.sighted(tx, sighting);
    await this.ledger.note(tx, { uuid, address, retry, at });
    if (known === undefined) {
      const summary = `First seen: a hello from ${address}`;
      await audit.write(tx, { actor: "vigil", action: "device.sighted", device: uuid, summary, details: { address } });
    }
    // What was told to forget us and says hello has most likely done so: a look tells, and a later hello sets it up.
    if (await this.#departures.looksAfter(tx, uuid)) return;
    const before = await this.#store.get(uuid, tx);
    // A device in factory state whose setup is done has been unprovisioned since: no hello of its is an old one.
    const entry = known?.state === "factory" && before?.state === "done" ? undefined : before;
    const mark = { address, retry, retryBefore: known?.hello?.retry ?? 0 };
    if (isEcho(entry, mark, clock.now())) return;
    // A try that is under way at the old address fails, and the next one goes to the new.
    if (entry?.state === "running") return this.#store.setAddress(tx, uuid, address);
    await this.#ask(tx, { uuid, address, hashes, lane: "fast", ...(await this.#methodOf(tx, hello)) }, !isOurs);
  }

  /** The hello says which way there is: a name of a key, or hashes of roots. */
  async #methodOf(tx: Tx, hello: UsefulHello): Promise<Pick<Entry, "method" | "pid">> {
    if (hello.version === 3) return { method: "certificate", pid: null };
    const key = await this.#deps.credentials.setupKeys.find(hello.pid, tx);
    return { method: key?.medium === "usb" ? "usb" : "pre-shared-key", pid: hello.pid };
  }

  async #ask(
    tx: Tx,
    who: Pick<Entry, "uuid" | "address" | "hashes" | "lane" | "method" | "pid">,
    isNew: boolean,
  ): Promise<void> {
    const { devices, assignments, clock } = this.#deps;
    const { uuid } = who;
    const { rootSet } = await this.#store.ask(tx, { ...who, at: new Date(clock.now()) });
    await devices.noteFacts(tx, uuid, { rootSet });
    if (isNew) {
      const { profile } = await assignments.likely(uuid, who.address, tx);
      await devices.noteFacts(tx, uuid, { profile: profile.name, profileVersion: null });
      await devices.setState(tx, uuid, { state: "factory" });
    }
    await this.#gate.enter(tx, [{ uuid, lane: who.lane }]);
  }
}
