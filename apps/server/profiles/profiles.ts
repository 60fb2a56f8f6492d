import { changesBetween } from "@vigil/api/resources/profile-changes.ts";
import { secretsOf } from "@vigil/api/resources/profile-secrets.ts";
import type { ProfileChange, ProfileRemark } from "@vigil/api/resources/profiles.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Credentials, Sealed } from "../credentials/credentials.ts";
import { fail } from "./errors.ts";
import { defaultSettings, type Profile, type ProfileSettings } from "./profile.ts";
import { ProfilesStore, type VersionRow } from "./profiles.store.ts";
import { remarksOn } from "./remarks.ts";

export { profilesErrors } from "./errors.ts";
export { defaultSettings, hostNameFor, type Profile, type ProfileSettings } from "./profile.ts";
export { isBefore, refusalsOf, refusalsOfFleet, remarksOn, type FleetKind } from "./remarks.ts";
export type { VersionRow } from "./profiles.store.ts";

export interface ProfilesDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly credentials: Credentials;
  readonly clock: Clock;
}

/** Settings in one audit entry. */
const mostNamed = 20;
/** Tries when another server stores a version in between. */
const mostTries = 3;

/**
 * Desired configurations. A profile is a row of versions that are never changed; the newest is the one in force. A change names the
 * version that it was made from, so that of two people who edit at once the second is told.
 */
export class Profiles {
  readonly #whenChanged: ((tx: Tx, profile: string, what: "settings" | "secret") => Promise<void>)[] = [];
  readonly #store: ProfilesStore;
  readonly #deps: ProfilesDeps;

  constructor(deps: ProfilesDeps) {
    this.#store = new ProfilesStore(deps.postgres);
    this.#deps = deps;
  }

  /** Makes the default profile where there is none. */
  async prepare(domainName: string): Promise<void> {
    if ((await this.#store.getDefault()) !== undefined) return;
    await this.#deps.postgres.transaction(async (tx) => {
      // Another server of the same database may have been quicker.
      if (!(await this.#store.insert(tx, "Default", true))) return;
      await this.#append(tx, "Default", 0, { actor: "vigil", settings: defaultSettings(domainName) });
    });
  }

  /** The profile of that name, the default one when there is none, in its newest version. */
  async named(name: string | null, tx?: Tx): Promise<Profile> {
    const own = name === null ? undefined : await this.#store.get(name, tx);
    const row = own ?? (await this.#store.getDefault(tx));
    if (row === undefined) throw new Error("there is no default profile");
    return { name: row.name, version: row.version, ...row.settings };
  }

  /** @param run takes part in each transaction that changes a profile's settings or sets one of its secrets */
  whenChanged(run: (tx: Tx, profile: string, what: "settings" | "secret") => Promise<void>): void {
    this.#whenChanged.push(run);
  }

  list(): Promise<VersionRow[]> {
    return this.#store.list();
  }

  /** @throws profiles.unknown (caller) */
  async get(name: string, tx?: Tx): Promise<VersionRow> {
    const row = await this.#store.get(name, tx);
    if (row === undefined) throw fail("profiles.unknown", { details: { profile: name } });
    return row;
  }

  /** Newest first. @throws profiles.unknown (caller) */
  async versions(name: string): Promise<VersionRow[]> {
    await this.get(name);
    return this.#store.versions(name);
  }

  /** @throws profiles.unknown, profiles.version.unknown (caller) */
  async diff(name: string, from: number, to: number): Promise<ProfileChange[]> {
    const versions = await this.versions(name);
    return changesBetween(settingsIn(versions, from), settingsIn(versions, to));
  }

  /** @throws profiles.taken, profiles.settings.refused (caller) */
  async create(actor: string, one: { name: string; settings: ProfileSettings; note?: string }): Promise<void> {
    const { name, settings, note } = one;
    refuseContradictions(settings);
    await this.#deps.postgres.transaction(async (tx) => {
      if (!(await this.#store.insert(tx, name, false))) throw fail("profiles.taken", { details: { profile: name } });
      await this.#append(tx, name, 0, { actor, settings, ...(note === undefined ? {} : { note }) });
      await this.#audit(tx, actor, "profile.created", `Made the profile ${name}`, { profile: name });
    });
  }

  /**
   * Stores the settings as a new version; the same settings again store nothing.
   * @throws profiles.unknown, profiles.version.stale, profiles.settings.refused (caller)
   */
  async change(
    actor: string,
    name: string,
    to: { readonly basedOn: number; readonly settings: ProfileSettings; readonly note?: string },
  ): Promise<void> {
    refuseContradictions(to.settings);
    await this.#deps.postgres.transaction(async (tx) => {
      const now = await this.get(name, tx);
      if (now.version !== to.basedOn) throw stale(name, to.basedOn, now.version);
      const changes = changesBetween(now.settings, to.settings);
      if (changes.length === 0) return;
      if (!(await this.#append(tx, name, to.basedOn, { actor, ...to }))) throw stale(name, to.basedOn, now.version + 1);
      const summary = `Changed the profile ${name} to version ${to.basedOn + 1}`;
      const settings = changes.slice(0, mostNamed).map(({ setting }) => setting);
      await this.#audit(tx, actor, "profile.changed", summary, { profile: name, version: to.basedOn + 1, settings });
      for (const run of this.#whenChanged) await run(tx, name, "settings");
    });
  }

  /** @throws profiles.unknown, profiles.version.unknown, profiles.version.stale (caller) */
  async rollBack(actor: string, name: string, to: number, note?: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const versions = await this.versions(name);
      const settings = settingsIn(versions, to);
      const basedOn = versions[0]?.version ?? 0;
      try {
        await this.change(actor, name, { basedOn, settings, note: note ?? `Back to version ${to}` });
        return;
      } catch (error) {
        // Somebody else's version came in between: going back is meant from wherever it stands.
        const isStale = error instanceof VigilError && error.code === "profiles.version.stale";
        if (!isStale || tries >= mostTries) throw error;
      }
    }
  }

  /** @throws profiles.unknown (caller) */
  async makeDefault(actor: string, name: string): Promise<void> {
    await this.#deps.postgres.transaction(async (tx) => {
      const { isDefault } = await this.get(name, tx);
      if (isDefault) return;
      await this.#store.setDefault(tx, name);
      await this.#audit(tx, actor, "profile.default", `Made ${name} the default profile`, { profile: name });
    });
  }

  /** @throws profiles.unknown, profiles.secret.unknown (caller) */
  async setSecret(actor: string, name: string, secret: string, value: string): Promise<void> {
    await this.#deps.postgres.transaction(async (tx) => {
      const { settings } = await this.get(name, tx);
      if (!secretsOf(settings).includes(secret)) {
        throw fail("profiles.secret.unknown", { details: { profile: name, secret } });
      }
      await this.#deps.credentials.setProfileSecret(tx, name, secret, value);
      await this.#audit(tx, actor, "profile.secret", `Set the secret ${secret} of ${name}`, { profile: name, secret });
      for (const run of this.#whenChanged) await run(tx, name, "secret");
    });
  }

  /** A secret that the profile's settings call for. @throws profiles.secret.missing (caller) */
  async secret(profile: string, name: string): Promise<{ readonly value: Sealed<string>; readonly changedAt: Date }> {
    const found = (await this.#deps.credentials.profileSecrets(profile)).find((one) => one.name === name);
    if (found === undefined) throw fail("profiles.secret.missing", { details: { profile, secret: name } });
    return { value: found.value, changedAt: found.changedAt };
  }

  /** A secret that the settings called for once, when they call for it no more; undefined otherwise. */
  async formerSecret(profile: string, name: string): Promise<Sealed<string> | undefined> {
    const { settings } = await this.get(profile);
    if (secretsOf(settings).includes(name)) return undefined;
    return (await this.#deps.credentials.profileSecrets(profile)).find((one) => one.name === name)?.value;
  }

  /** Names of the secrets that are called for, and since when each is set; null where it is not. */
  async secretsIn(row: VersionRow): Promise<{ readonly name: string; readonly changedAt: Date | null }[]> {
    const called = secretsOf(row.settings);
    if (called.length === 0) return [];
    const all = await this.#deps.credentials.profileSecrets(row.name);
    const set = new Map(all.map(({ name, changedAt }) => [name, changedAt]));
    return called.map((name) => ({ name, changedAt: set.get(name) ?? null }));
  }

  /** @param by how many devices have it, and how many rules and entries give it @throws profiles.unknown, profiles.in-use (caller) */
  async remove(actor: string, name: string, by: { readonly devices: number; readonly uses: number }): Promise<void> {
    await this.#deps.postgres.transaction(async (tx) => {
      const { isDefault } = await this.get(name, tx);
      const isUsed = isDefault || by.devices > 0 || by.uses > 0;
      if (isUsed) throw fail("profiles.in-use", { details: { profile: name, isDefault, ...by } });
      await this.#store.remove(tx, name);
      await this.#audit(tx, actor, "profile.removed", `Removed the profile ${name}`, { profile: name });
    });
  }

  #append(
    tx: Tx,
    name: string,
    basedOn: number,
    { actor, settings, note }: { readonly actor: string; readonly settings: ProfileSettings; readonly note?: string },
  ): Promise<boolean> {
    const changedAt = new Date(this.#deps.clock.now());
    return this.#store.append(tx, name, basedOn, { settings, changedAt, changedBy: actor, note: note ?? null });
  }

  #audit(tx: Tx, actor: string, action: string, summary: string, details: Parameters<Audit["write"]>[1]["details"]) {
    return this.#deps.audit.write(tx, { actor, action, summary, ...(details === undefined ? {} : { details }) });
  }
}

function settingsIn(versions: readonly VersionRow[], version: number): ProfileSettings {
  const found = versions.find((one) => one.version === version);
  if (found === undefined) throw fail("profiles.version.unknown", { details: { version } });
  return found.settings;
}

function refuseContradictions(settings: ProfileSettings): void {
  const refused: readonly ProfileRemark[] = remarksOn(settings).filter(({ weight }) => weight === "refused");
  const [first] = refused;
  if (first === undefined) return;
  throw fail("profiles.settings.refused", {
    message: first.text,
    details: { settings: refused.map(({ setting }) => setting), reasons: refused.map(({ text }) => text) },
  });
}

function stale(name: string, basedOn: number, newest: number): Error {
  return fail("profiles.version.stale", { details: { profile: name, basedOn, newest } });
}
