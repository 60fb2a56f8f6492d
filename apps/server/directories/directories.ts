import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, type ErrorReport } from "@vigil/base/errors.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Credentials } from "../credentials/credentials.ts";
import {
  DeviceKeys,
  type DirectoryPlace,
  type KerberosKey,
  type KeyOptions,
  type RemoveOptions,
} from "./device-keys.ts";
import {
  DirectoriesStore,
  type DirectoryRow,
  type DirectorySettings,
  type ObjectFilter,
  type ObjectRow,
} from "./directories.store.ts";
import { fail } from "./errors.ts";
import { preflight, type Check } from "./preflight.ts";
import { openSession, partsOf, type Session } from "./session.ts";
import type { DeviceNames } from "../credentials/credentials.ts";

export { directoryErrors } from "./errors.ts";
export { dueAfterDays } from "./account.ts";
export type { DirectoryPlace, KerberosKey, KeyOptions } from "./device-keys.ts";
export type { DirectoryRow, ObjectRow } from "./directories.store.ts";

export interface DirectoriesDeps {
  readonly postgres: Postgres;
  readonly credentials: Credentials;
  readonly audit: Audit;
  readonly clock: Clock;
}

/**
 * The directories in which devices have objects: one for each realm. What a directory answered last, and what went wrong last, stands with its
 * settings.
 */
export class Directories {
  readonly #whenPut: ((tx: Tx) => Promise<void>)[] = [];
  readonly #store: DirectoriesStore;
  readonly #deps: DirectoriesDeps;
  readonly #keys: DeviceKeys;

  constructor(deps: DirectoriesDeps) {
    this.#store = new DirectoriesStore(deps.postgres);
    this.#deps = deps;
    this.#keys = new DeviceKeys({
      ...deps,
      store: this.#store,
      within: (realm, options, work) => this.#within(realm, options, work),
    });
  }

  /** @param run takes part in each transaction that adds a directory or changes one */
  whenPut(run: (tx: Tx) => Promise<void>): void {
    this.#whenPut.push(run);
  }

  list(): Promise<DirectoryRow[]> {
    return this.#store.list();
  }

  /** @throws directory.unknown (caller) */
  async get(realm: string): Promise<DirectoryRow> {
    const found = await this.#store.get(realm.toUpperCase());
    if (found === undefined) throw fail("directory.unknown", { details: { realm } });
    return found;
  }

  async knows(realm: string): Promise<boolean> {
    return (await this.#store.get(realm.toUpperCase())) !== undefined;
  }

  /**
   * Adds a directory or changes its settings. @param password stays as it is when left out
   * @throws directory.settings.refused, directory.password.missing (caller)
   */
  async put(actor: string, realm: string, to: DirectorySettings, password: string | undefined): Promise<void> {
    const { postgres, credentials, audit, clock } = this.#deps;
    const name = realm.toUpperCase();
    for (const url of to.urls) partsOf(url);
    refuseOutside(to);
    const isNew = !(await this.knows(name));
    if (password === undefined && (await credentials.directorySecret(name)) === undefined)
      throw fail("directory.password.missing", { details: { realm: name } });
    await postgres.transaction(async (tx) => {
      await this.#store.put(tx, name, to, new Date(clock.now()));
      if (password !== undefined) await credentials.setDirectorySecret(tx, name, password);
      const summary = `${isNew ? "Added" : "Changed"} the directory ${name}`;
      const details = { realm: name, urls: to.urls, bindDn: to.bindDn, isPasswordNew: password !== undefined };
      await audit.write(tx, { actor, action: isNew ? "directory.added" : "directory.changed", summary, details });
      for (const run of this.#whenPut) await run(tx);
    });
  }

  /** @throws directory.unknown, directory.in-use (caller) */
  async remove(actor: string, realm: string): Promise<void> {
    const { postgres, credentials, audit } = this.#deps;
    const { realm: name } = await this.get(realm);
    const objects = await this.#store.countObjects({ realm: name });
    if (objects > 0) throw fail("directory.in-use", { details: { realm: name, objects } });
    await postgres.transaction(async (tx) => {
      await this.#store.remove(tx, name);
      await credentials.forgetDirectorySecret(tx, name);
      const summary = `Removed the directory ${name}`;
      await audit.write(tx, { actor, action: "directory.removed", summary, details: { realm: name } });
    });
  }

  /**
   * Whether Vigil can do in the directory what it has to, tried on an object of its own.
   * @param unit instead of the directory's own @throws directory.unknown (caller)
   */
  async test(realm: string, unit: string | undefined, signal: AbortSignal): Promise<Check[]> {
    const directory = await this.get(realm);
    const { baseDn, organizationalUnit } = directory;
    const where = { realm: directory.realm, baseDn, unit: unit ?? organizationalUnit };
    const checks = await preflight(() => this.#open(directory, { signal }), where);
    const failed = checks.find(({ error }) => error !== null);
    await this.#note(directory.realm, failed?.error ?? null);
    return checks;
  }

  /** The oldest password first. */
  async objects(
    filter: ObjectFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly items: ObjectRow[]; readonly total: number }> {
    const [items, total] = await Promise.all([this.#store.objects(filter, page), this.#store.countObjects(filter)]);
    return { items, total };
  }

  /** Devices whose object's password is from before, the oldest first. */
  passwordsSetBefore(realm: string, at: Date): Promise<string[]> {
    return this.#store.setBefore(realm.toUpperCase(), at);
  }

  /** The key that the device's object has; see KerberosKeys. @throws directory.* */
  current(device: DeviceNames, place: DirectoryPlace, options: KeyOptions = {}): Promise<KerberosKey | undefined> {
    return this.#keys.current(device, place, options);
  }

  /** Makes the object, or puts it right, and gives it a key; see KerberosKeys. @throws directory.* */
  next(device: DeviceNames, place: DirectoryPlace, options: KeyOptions = {}): Promise<KerberosKey> {
    return this.#keys.next(device, place, options);
  }

  /**
   * Takes the device's object out of the directory, or switches it off, as the directory's settings say. Idempotent: an object that is gone is
   * no failure. @returns false when the device has none @throws directory.*
   */
  removeObject(actor: string, device: string, options: RemoveOptions = {}): Promise<boolean> {
    return this.#keys.remove(actor, device, options);
  }

  async #within<R>(
    realm: string,
    options: KeyOptions,
    work: (session: Session, directory: DirectoryRow) => Promise<R>,
  ): Promise<R> {
    const directory = await this.get(realm);
    try {
      using session = await this.#open(directory, options);
      const result = await work(session, directory);
      await this.#note(directory.realm, null);
      return result;
    } catch (error) {
      await this.#note(directory.realm, reportOf(error));
      throw error;
    }
  }

  /** @throws directory.password.missing (caller) */
  async #open(directory: DirectoryRow, options: KeyOptions): Promise<Session> {
    const password = await this.#deps.credentials.directorySecret(directory.realm);
    if (password === undefined) throw fail("directory.password.missing", { details: { realm: directory.realm } });
    return openSession({ ...directory, password }, { clock: this.#deps.clock, ...options });
  }

  /** @param error null: it did what it was asked */
  #note(realm: string, error: ErrorReport | null): Promise<void> {
    const at = new Date(this.#deps.clock.now());
    return error === null ? this.#store.noteAnswer(realm, at) : this.#store.noteFailure(realm, at, error);
  }
}

/** @throws directory.settings.refused (caller) */
function refuseOutside({ organizationalUnit, baseDn }: DirectorySettings): void {
  const [unit, base] = [organizationalUnit, baseDn].map((dn) => dn.replaceAll(/\s*,\s*/g, ",").toLowerCase());
  if (unit === base || unit?.endsWith(`,${base}`) === true) return;
  const message = `${organizationalUnit} does not lie below ${baseDn}`;
  throw fail("directory.settings.refused", { message, details: { organizationalUnit, baseDn } });
}
