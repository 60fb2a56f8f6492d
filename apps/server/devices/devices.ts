import { connect, type AmtDevice } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured, TlsContexts, type TlsOptions } from "@vigil/amt-client/dial/tls.ts";
import { mostTags } from "@vigil/api/resources/devices.ts";
import type { OldestTls } from "@vigil/api/resources/profile-settings.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError, type ErrorReport } from "@vigil/base/errors.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Credentials, Login } from "../credentials/credentials.ts";
import { fail } from "../errors.ts";
import type { Events } from "../events.ts";
import type {
  DeviceFilter,
  DeviceName,
  DeviceRecord,
  DeviceState,
  Facts,
  IsolationNote,
  PowerState,
  RetiredBecause,
  Sighting,
} from "./device.ts";
import { DevicesStore, type DeviceChange, type SetupKind } from "./devices.store.ts";
import { columnsOf } from "./facts-columns.ts";
import { lifeOf, mayMove, type Transition } from "./life.ts";
import type { DevicePage } from "./page.store.ts";

export {
  factsOf,
  matches,
  type Channel,
  type DeviceFilter,
  type DeviceName,
  type DeviceRecord,
  type DeviceState,
  type Facts,
  type IsolationNote,
  type PowerState,
  type RetiredBecause,
  type SetupMethod,
} from "./device.ts";
export { readHardware, readLog, type ReadLog } from "./read-device.ts";
export { lifeOf, lifeWords, type Transition } from "./life.ts";
export type { SetupKind } from "./devices.store.ts";

/** AMT's port with TLS, and the one without. */
const tlsPort = 16_993;
const plainPort = 16_992;
/** How long one request to a device may take. Chosen: firmware answers within seconds. */
const requestLimitMs = 20_000;
/** Names in one error. */
const mostNamed = 20;

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** For one request. */
  readonly timeoutMs?: number;
}

/** Who takes a device out of management, and why. */
export interface Retirement {
  readonly actor: string;
  readonly because: RetiredBecause;
  /** Until when its secrets are kept for an emergency; null: for as long as the device is known. */
  readonly secretsUntil: Date | null;
}

/** A device that was set up without Vigil, with what is known of it. */
export interface Enrolled {
  readonly uuid: string;
  readonly address: string;
  readonly facts: Facts;
}

/** A way in that is not the device's runtime credential. */
export interface Entry extends ConnectOptions {
  /** Absent: the plain port. */
  readonly tls?: TlsOptions;
  readonly credential: Login;
}

/** The registry of devices, and the way to each of them. Its news are published after the transaction that made them. */
export class Devices {
  readonly #store: DevicesStore;
  readonly #credentials: Credentials;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #contexts = new TlsContexts();
  readonly #oldestTlsIn: (profile: string | null) => Promise<OldestTls>;

  constructor(deps: {
    readonly postgres: Postgres;
    readonly credentials: Credentials;
    readonly events: Events;
    readonly clock: Clock;
    /** The oldest TLS that the profile of that name allows. */
    readonly oldestTlsIn: (profile: string | null) => Promise<OldestTls>;
  }) {
    this.#store = new DevicesStore(deps.postgres, deps.clock);
    this.#credentials = deps.credentials;
    this.#events = deps.events;
    this.#clock = deps.clock;
    this.#oldestTlsIn = deps.oldestTlsIn;
  }

  /** @throws devices.unknown (caller) */
  async get(uuid: string, tx?: Tx): Promise<DeviceRecord> {
    const found = await this.#store.get(uuid, tx);
    if (found === undefined) throw fail("devices.unknown", { details: { device: uuid } });
    return found;
  }

  /** @returns undefined when there is no such device */
  lookUp(uuid: string, tx?: Tx): Promise<DeviceRecord | undefined> {
    return this.#store.get(uuid, tx);
  }

  /**
   * The devices of these names: uuids, host names or addresses.
   * @throws devices.unknown, devices.ambiguous (caller) with the names in question
   */
  async find(names: readonly string[], tx?: Tx): Promise<DeviceRecord[]> {
    const found = await this.#store.named(names, tx);
    const bearers = new Map<string, number>();
    for (const { uuid, hostName, address } of found) {
      for (const name of new Set([uuid, hostName?.toLowerCase() ?? "", address])) {
        bearers.set(name, (bearers.get(name) ?? 0) + 1);
      }
    }
    const countOf = (name: string): number => bearers.get(name.toLowerCase()) ?? 0;
    const missing = names.filter((name) => countOf(name) === 0);
    if (missing.length > 0) throw fail("devices.unknown", { details: { devices: missing.slice(0, mostNamed) } });
    const shared = names.filter((name) => countOf(name) > 1);
    if (shared.length > 0) throw fail("devices.ambiguous", { details: { devices: shared.slice(0, mostNamed) } });
    return found;
  }

  list(filter: DeviceFilter, page: DevicePage): Promise<{ readonly items: DeviceRecord[]; readonly total: number }> {
    return this.#store.list(filter, page);
  }

  /** What the filter holds, by host name, at most so many. */
  namesIn(filter: DeviceFilter, most: number): Promise<DeviceName[]> {
    return this.#store.names(filter, most);
  }

  idsIn(filter: DeviceFilter, tx?: Tx): Promise<string[]> {
    return this.#store.ids(filter, tx);
  }

  count(filter: DeviceFilter): Promise<number> {
    return this.#store.count(filter);
  }

  /** By profile and version: how many devices. */
  profileCounts(): ReturnType<DevicesStore["profileCounts"]> {
    return this.#store.profileCounts();
  }

  /** The devices that a profile is for, counted by release and control mode. */
  kindsWith(profile: string): ReturnType<DevicesStore["kindsWith"]> {
    return this.#store.kindsWith(profile);
  }

  /** Provisioned devices that nobody has looked after since, or whose certificate ends before. */
  dueForMaintenance(before: { readonly maintained: Date; readonly expires: Date }, limit: number): Promise<string[]> {
    return this.#store.dueForMaintenance(before, limit);
  }

  /** Those of them that are provisioned and reached over TLS. */
  securedAmong(uuids: readonly string[]): Promise<string[]> {
    return uuids.length === 0 ? Promise.resolve([]) : this.#store.securedAmong(uuids);
  }

  /** Those that ask for the manager's certificate are to be looked after soon. */
  dueWithMutualTls(tx: Tx): Promise<void> {
    return this.#store.dueWithMutualTls(tx);
  }

  /** Those of them that are provisioned and have that profile. */
  provisionedWith(profile: string, uuids: readonly string[]): Promise<string[]> {
    return uuids.length === 0 ? Promise.resolve([]) : this.#store.provisionedWith(profile, uuids);
  }

  /** Those of them that have that profile. */
  withProfile(tx: Tx, profile: string, uuids: readonly string[]): Promise<string[]> {
    return uuids.length === 0 ? Promise.resolve([]) : this.#store.withProfile(tx, profile, uuids);
  }

  /** Those that failed are to be set up again, and have not begun yet. */
  async askedAgain(tx: Tx, uuids: readonly string[], actor: string): Promise<void> {
    const at = new Date(this.#clock.now());
    const failed = await this.#store.lockFailed(tx, uuids);
    const moved = failed.map((one) => {
      return { device: one.uuid, at, from: lifeOf(one), to: "factory" as const, actor, code: null };
    });
    await this.#store.moveAll(tx, moved, { state: "factory", step: null, error: null, life_since: at });
    for (const { uuid } of failed) this.#tell(uuid, tx);
  }

  counts(): ReturnType<DevicesStore["counts"]> {
    return this.#store.counts();
  }

  /** Notes evidence that a device exists; a new one begins in factory state. */
  async sighted(tx: Tx, sighting: Sighting): Promise<DeviceRecord> {
    const { uuid, address, at, hello } = sighting;
    const known = await this.#store.get(uuid, tx);
    const note =
      hello === undefined
        ? {}
        : { hello: JSON.stringify({ ...hello, receivedAt: at.toISOString(), count: (known?.hello?.count ?? 0) + 1 }) };
    const row = { uuid, address, state: "factory" as const, first_seen_at: at, last_seen_at: at, ...note };
    const record = await this.#store.upsert(tx, row);
    this.#tell(uuid, tx);
    return record;
  }

  /**
   * @param now `step` and `error` are cleared when they are left out
   * @throws devices.life.refused (ours) when it may not go there from where it stands; so do all that move it
   */
  setState(
    tx: Tx,
    uuid: string,
    now: { readonly state: DeviceState; readonly step?: string; readonly error?: ErrorReport },
    actor?: string,
  ): Promise<void> {
    const error = now.error === undefined ? null : JSON.stringify(now.error);
    return this.#move(tx, uuid, { state: now.state, step: now.step ?? null, error }, { actor, code: now.error?.code });
  }

  /** The device has forgotten us: it is like a new one, or out of management. What was learnt of the machine stays. */
  departed(tx: Tx, uuid: string, state: "factory" | "retired", by: Retirement): Promise<void> {
    const ofSetup = { control_mode: "none", setup_method: null, provisioned_at: null, certificate: null } as const;
    const ofProfile = { profile_version: null, profile_applied_at: null, maintained_at: null, channel: "tls" } as const;
    // Whoever takes it over again looks at what its firmware still has.
    const change = { ...ofSetup, ...ofProfile, state, step: null, error: null, isolation: null };
    const retired = { retired_because: by.because, secrets_until: by.secretsUntil };
    return this.#move(tx, uuid, { ...change, ...(state === "retired" ? retired : {}) }, by);
  }

  /** No longer trusted, whatever it is itself. */
  retire(tx: Tx, uuid: string, by: Retirement): Promise<void> {
    const retired = { retired_because: by.because, secrets_until: by.secretsUntil };
    return this.#move(tx, uuid, { state: "retired", step: null, error: null, ...retired }, by);
  }

  /** It may be set up again when it says hello. */
  readmit(tx: Tx, uuid: string, actor: string): Promise<void> {
    const change = { state: "factory", control_mode: "none", retired_because: null, secrets_until: null } as const;
    return this.#move(tx, uuid, change, { actor });
  }

  /** Forgets a device. Its run results stay: they are the runs'. */
  async forget(tx: Tx, uuid: string): Promise<void> {
    await this.#store.remove(tx, uuid);
    this.#tell(uuid, tx);
  }

  /** How it came where it stands, newest first. */
  transitions(uuid: string, limit: number): Promise<Transition[]> {
    return this.#store.transitions(uuid, limit);
  }

  /** Retired devices whose secrets have been kept long enough. */
  secretsOverdue(limit: number): Promise<string[]> {
    return this.#store.secretsOverdue(new Date(this.#clock.now()), limit);
  }

  /** The secrets of a retired device are gone. */
  noteSecretsGone(tx: Tx, uuid: string): Promise<void> {
    return this.#change(uuid, { secrets_until: null }, tx);
  }

  /** The device is ours. */
  provisioned(tx: Tx, uuid: string): Promise<void> {
    const at = new Date(this.#clock.now());
    const change = { provisioned_at: at, last_seen_at: at, is_reachable: true };
    return this.#move(tx, uuid, { ...change, state: "provisioned", step: null, error: null });
  }

  /** Which of them may be entered as set up already: those that nobody knows, and those that are so. */
  async enrollable(tx: Tx, uuids: readonly string[]): Promise<string[]> {
    const others = (await this.#store.standing(tx, uuids)).filter(({ state }) => state !== "provisioned");
    const refused = new Set(others.map(({ uuid }) => uuid));
    return uuids.filter((uuid) => !refused.has(uuid));
  }

  /** Devices that were set up without Vigil begin here, as provisioned ones; a known one gets the new facts. */
  async enrolled(tx: Tx, all: readonly Enrolled[]): Promise<void> {
    const at = new Date(this.#clock.now());
    const known = new Set(
      (
        await this.#store.standing(
          tx,
          all.map(({ uuid }) => uuid),
        )
      ).map(({ uuid }) => uuid),
    );
    const rows = all
      .filter(({ uuid }) => !known.has(uuid))
      .map(({ uuid, address, facts }) => {
        const times = { first_seen_at: at, last_seen_at: at, provisioned_at: at };
        return { ...columnsOf(facts), uuid, address, state: "provisioned" as const, ...times };
      });
    await this.#store.insertAll(tx, rows);
    for (const { uuid, address, facts } of all) {
      if (known.has(uuid)) await this.noteFacts(tx, uuid, { ...facts, address });
      else this.#tell(uuid, tx);
    }
  }

  /** Notes what a device told about itself. */
  noteFacts(tx: Tx, uuid: string, facts: Facts): Promise<void> {
    const change = columnsOf(facts);
    return Object.keys(change).length === 0 ? Promise.resolve() : this.#move(tx, uuid, change);
  }

  /** What is known of its isolation; null: its network is as it was. */
  noteIsolation(tx: Tx, uuid: string, isolation: IsolationNote | null): Promise<void> {
    return this.#change(uuid, { isolation: isolation === null ? null : JSON.stringify(isolation) }, tx);
  }

  /** Devices by what decides which setup certificate they accept. */
  setupKinds(): Promise<SetupKind[]> {
    return this.#store.setupKinds();
  }

  /** An operator says which DNS suffix the device compares certificates with; null: nobody knows. @throws devices.unknown (caller) */
  async setDnsSuffix(tx: Tx, uuid: string, suffix: string | null): Promise<void> {
    await this.get(uuid, tx);
    const at = suffix === null ? null : new Date(this.#clock.now());
    await this.#change(uuid, { dns_suffix: suffix, dns_suffix_at: at }, tx);
  }

  /**
   * Gives tags to devices and takes tags from them, letter case kept but not told apart.
   * @returns how many of them changed @throws devices.unknown, devices.too-many-tags (caller)
   */
  async tag(
    tx: Tx,
    uuids: readonly string[],
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<number> {
    await this.find(uuids, tx);
    const { changed, most } = await this.#store.tag(tx, uuids, change);
    if (most > mostTags) throw fail("devices.too-many-tags", { details: { most: mostTags } });
    for (const uuid of changed) this.#tell(uuid, tx);
    return changed.length;
  }

  /** The device has just said so. */
  async notePower(uuid: string, power: PowerState, tx?: Tx): Promise<void> {
    const at = new Date(this.#clock.now());
    if (tx !== undefined) return this.#change(uuid, { power, power_at: at, last_seen_at: at, is_reachable: true }, tx);
    await this.#store.seen({ uuid, power, at, isReachable: true });
    this.#tell(uuid, undefined);
  }

  async noteReachable(uuid: string, isReachable: boolean): Promise<void> {
    await this.#store.seen({ uuid, isReachable, ...(isReachable ? { at: new Date(this.#clock.now()) } : {}) });
    this.#tell(uuid, undefined);
  }

  /**
   * Runs `work` with the device, opened with its runtime credential. What that shows about its reachability is noted.
   * @throws credentials.login.paused (ours) when it has refused too many logins
   */
  async using<R>(uuid: string, options: ConnectOptions, work: (device: AmtDevice) => Promise<R>): Promise<R> {
    try {
      this.#credentials.attempts.left(uuid);
      await using device = await this.connect(uuid, options);
      const result = await work(device);
      this.#credentials.attempts.opened(uuid);
      return result;
    } catch (error) {
      const isRefused = error instanceof VigilError && /^amt\.(redirection\.login-|login\.)refused$/.test(error.code);
      if (isRefused) this.#credentials.attempts.refused(uuid);
      const isGone = error instanceof VigilError && /^amt\.connect\.|^amt\.answer\.timeout$/.test(error.code);
      if (isGone) await this.noteReachable(uuid, false);
      throw error;
    }
  }

  /**
   * Opens a provisioned device with its runtime credential, over the channel that it is known by; over TLS it must show its own
   * certificate. @throws devices.state.wrong (caller)
   */
  async connect(uuid: string, options: ConnectOptions = {}): Promise<AmtDevice> {
    const device = await this.get(uuid);
    if (device.state !== "provisioned") {
      throw fail("devices.state.wrong", { details: { device: uuid, state: device.state, needed: "provisioned" } });
    }
    const logins = await this.#credentials.logins(uuid);
    const { issued } = this.#credentials;
    const { caPem, serverName } = await issued.trust(uuid);
    const present = device.channel === "mutual" ? { present: await issued.presentation(uuid) } : {};
    const tls = { trust: { caPem }, serverName, oldest: await this.#oldestTlsIn(device.profile), ...present };
    const way = device.channel === "plain" ? options : { ...options, tls };
    const openWith = (credential: Login): AmtDevice => this.open(device.address, { ...way, credential });
    const [only, ...others] = logins;
    if (only === undefined) throw new Error("there is a login or an error");
    return others.length === 0 ? openWith(only) : firstThatOpens(logins, openWith);
  }

  /** The oldest TLS that the device's profile allows, as it now stands. @throws devices.unknown (caller) */
  async oldestTls(uuid: string): Promise<OldestTls> {
    return this.#oldestTlsIn((await this.get(uuid)).profile);
  }

  /** Opens the device in another way: provisioning's. */
  async connectWith(uuid: string, entry: Entry): Promise<AmtDevice> {
    const { address } = await this.get(uuid);
    return this.open(address, entry);
  }

  /** Opens whatever is at that address. */
  open(address: string, entry: Entry): AmtDevice {
    const direct = directDialer({ host: address });
    return connect({
      dialer: entry.tls === undefined ? direct : secured(direct, { contexts: this.#contexts, ...entry.tls }),
      port: entry.tls === undefined ? plainPort : tlsPort,
      credential: entry.credential,
      clock: this.#clock,
      timeoutMs: entry.timeoutMs ?? requestLimitMs,
      ...(entry.signal === undefined ? {} : { signal: entry.signal }),
    });
  }

  /** Changes what may move the device in its life: writes down that it did, and refuses to where it may not go. */
  async #move(
    tx: Tx,
    uuid: string,
    change: DeviceChange,
    by: { readonly actor?: string | undefined; readonly code?: string | undefined } = {},
  ): Promise<void> {
    const { state, control_mode: controlMode } = change;
    const now = state === undefined && controlMode === undefined ? undefined : await this.#store.lock(tx, uuid);
    if (now === undefined) return this.#change(uuid, change, tx);
    const from = lifeOf(now);
    const to = lifeOf({ state: state ?? now.state, controlMode: controlMode ?? now.controlMode });
    if (from === to) return this.#change(uuid, change, tx);
    if (!mayMove(from, to)) throw fail("devices.life.refused", { details: { device: uuid, from, to } });
    const at = new Date(this.#clock.now());
    await this.#store.insertTransition(tx, uuid, { at, from, to, actor: by.actor ?? "vigil", code: by.code ?? null });
    await this.#change(uuid, { ...change, life_since: at }, tx);
  }

  async #change(uuid: string, change: DeviceChange, tx?: Tx): Promise<void> {
    await this.#store.update(uuid, change, tx);
    this.#tell(uuid, tx);
  }

  #tell(uuid: string, tx: Tx | undefined): void {
    const publish = (): void => this.#events.publish({ kind: "device", id: uuid });
    if (tx === undefined) publish();
    else tx.afterCommit(publish);
  }
}

/** A new password is on its way to the device: which of them it has now shows by a login, before anything else is asked. */
async function firstThatOpens(logins: readonly Login[], openWith: (login: Login) => AmtDevice): Promise<AmtDevice> {
  let refused: unknown;
  for (const login of logins) {
    const device = openWith(login);
    try {
      await device.general.read();
      return device;
    } catch (error) {
      device.close();
      if (!(error instanceof VigilError) || error.code !== "amt.login.refused") throw error;
      refused = error;
    }
  }
  throw refused;
}
