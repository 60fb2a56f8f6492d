import { computerSalt, longTermKey, type KerberosEncryption } from "@vigil/amt-client/kerberos/long-term-key.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { Sealed, type Credentials, type DeviceNames, type DeviceSecret } from "../credentials/credentials.ts";
import { accountNameOf, descriptionOf, dnsNameIn, dueAfterDays, encryptionBits } from "./account.ts";
import {
  addComputer,
  deleteComputer,
  disable,
  enable,
  findComputer,
  setNames,
  setPassword,
  type Computer,
  type Wanted,
} from "./computer.ts";
import type { DirectoriesStore, DirectoryRow, ObjectRow } from "./directories.store.ts";
import { fail } from "./errors.ts";
import type { Session } from "./session.ts";

/** Where the directory has the objects of devices, and what it is to know of one. */
export interface DirectoryPlace {
  readonly realm: string;
  /** Empty: the directory's own. */
  readonly organizationalUnit: string;
  /** Days after which a key is replaced. */
  readonly rotateDays: number;
  /** e.g. "HTTP/desk-1.example.com:16993"; all of one host */
  readonly serviceNames: readonly string[];
  readonly encryption: KerberosEncryption;
}

/** The key of a device's object in the directory. */
export interface KerberosKey {
  readonly key: Sealed<Uint8Array>;
  readonly version: number;
  readonly encryption: KerberosEncryption;
}

export interface KeyOptions {
  readonly signal?: AbortSignal;
}

export interface RemoveOptions extends KeyOptions {
  /** Only while its key is of that version: a later one is of a device that has come back. */
  readonly version?: number;
}

interface Deps {
  readonly postgres: Postgres;
  readonly credentials: Credentials;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly store: DirectoriesStore;
  /** Works in the directory of that realm, logged in. */
  within<R>(
    realm: string,
    options: KeyOptions,
    work: (session: Session, directory: DirectoryRow) => Promise<R>,
  ): Promise<R>;
}

const kind = "directory-password";
const dayMs = 86_400_000;

/**
 * The keys of devices' objects. The directory makes a key of a password; Vigil makes the same one, and keeps the password alone, sealed.
 *
 * pending (stored) -> set in the directory -> applied, with the key's version that the directory names -> the device is told -> confirmed with
 * the device's next proof. Wherever this stops, the next try sets the same password again, and what the device has is told by its version.
 */
export class DeviceKeys {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async current({ uuid }: DeviceNames, place: DirectoryPlace, options: KeyOptions): Promise<KerberosKey | undefined> {
    const { credentials, store } = this.#deps;
    const object = await store.object(uuid);
    const [secret] = await credentials.secretsOf(uuid, kind);
    if (object === undefined || object.realm !== place.realm.toUpperCase()) return undefined;
    if (secret === undefined || !this.#isGood(object, secret, place)) return undefined;
    const isAsLeft = await this.#deps.within(object.realm, options, async (session, directory) => {
      const found = await findComputer(session, directory.baseDn, object.account);
      return found !== undefined && isAsWanted(found, object, wantedOf(uuid, place, directory));
    });
    return isAsLeft ? keyOf(object, secret) : undefined;
  }

  async next({ uuid }: DeviceNames, place: DirectoryPlace, options: KeyOptions): Promise<KerberosKey> {
    const { credentials, store, postgres } = this.#deps;
    const before = await store.object(uuid);
    // Of another realm it would be found by nobody again.
    if (before !== undefined && before.realm !== place.realm.toUpperCase()) await this.remove("vigil", uuid, options);
    return this.#deps.within(place.realm, options, async (session, directory) => {
      const wanted = wantedOf(uuid, place, directory);
      refuseOldEncryption(uuid, wanted, directory);
      const found = await findComputer(session, directory.baseDn, wanted.account);
      if (found !== undefined) refuseForeign(found, uuid, before);
      const dn = found?.dn ?? (await addComputer(session, unitOf(place, directory), wanted));
      await setNames(session, directory.baseDn, dn, wanted);
      const [held] = await credentials.secretsOf(uuid, kind);
      const isKept =
        before !== undefined &&
        held !== undefined &&
        this.#isGood(before, held, place) &&
        found?.keyVersion === before.keyVersion;
      const secret = isKept ? held : await this.#setNewPassword(session, dn, uuid);
      await enable(session, dn, wanted);
      const left = await findComputer(session, directory.baseDn, wanted.account);
      if (left === undefined || left.keyVersion === 0)
        throw fail("directory.right.missing", { details: { right: "read msDS-KeyVersionNumber", on: dn } });
      const passwordSetAt = isKept ? before.passwordSetAt : new Date(this.#deps.clock.now());
      const object = objectOf(left, wanted, { realm: directory.realm, passwordSetAt });
      await postgres.transaction(async (tx) => {
        await credentials.applied(tx, uuid, kind);
        await store.putObject(tx, object);
        if (found === undefined) await this.#audit(tx, "vigil", object, "directory.object.made", "Made its object");
      });
      return keyOf(object, secret);
    });
  }

  async remove(actor: string, uuid: string, options: RemoveOptions): Promise<boolean> {
    const { credentials, store, postgres } = this.#deps;
    const object = await store.object(uuid);
    if (object === undefined || object.keyVersion !== (options.version ?? object.keyVersion)) return false;
    await this.#deps.within(object.realm, options, async (session, directory) => {
      const found = await findComputer(session, directory.baseDn, object.account);
      if (found !== undefined) {
        refuseForeign(found, uuid, object);
        await (directory.cleanUp === "delete" ? deleteComputer(session, found.dn) : disable(session, found.dn));
      }
      await postgres.transaction(async (tx) => {
        await store.removeObject(tx, uuid);
        await credentials.forget(tx, uuid, kind);
        const did = directory.cleanUp === "delete" ? "Removed its object" : "Switched its object off";
        await this.#audit(tx, actor, object, "directory.object.removed", did);
      });
    });
    return true;
  }

  /** The same password again when one is on its way: the directory may have it already. */
  async #setNewPassword(session: Session, dn: string, uuid: string): Promise<DeviceSecret> {
    const { credentials, postgres } = this.#deps;
    const secret = await postgres.transaction((tx) => credentials.nextSecret(tx, uuid, kind));
    await setPassword(session, dn, secret.secret.open("set in the directory"));
    return secret;
  }

  /** Whether that secret is what the object has, and for how long yet. */
  #isGood(object: ObjectRow, { state }: DeviceSecret, { rotateDays, encryption }: DirectoryPlace): boolean {
    const ageDays = (this.#deps.clock.now() - object.passwordSetAt.getTime()) / dayMs;
    const isHeld = state === "applied" || state === "confirmed";
    return isHeld && object.encryption === encryption && ageDays < dueAfterDays(rotateDays);
  }

  #audit(
    tx: Parameters<Audit["write"]>[0],
    actor: string,
    { device, dn, realm, account }: ObjectRow,
    action: string,
    did: string,
  ): Promise<void> {
    const summary = `${did} in the directory ${realm}`;
    return this.#deps.audit.write(tx, { actor, action, device, summary, details: { dn, account } });
  }
}

/** @throws directory.name.invalid (caller) */
function wantedOf(uuid: string, place: DirectoryPlace, { hasPortlessName }: DirectoryRow): Wanted {
  const { serviceNames, encryption } = place;
  const [first = ""] = serviceNames;
  const dnsName = dnsNameIn(first);
  if (dnsName === undefined || serviceNames.some((name) => dnsNameIn(name) !== dnsName))
    throw fail("directory.name.invalid", { details: { device: uuid, serviceNames } });
  const portless = hasPortlessName ? [first.replace(/:\d+$/, "")] : [];
  return { uuid, account: accountNameOf(uuid), dnsName, serviceNames: [...serviceNames, ...portless], encryption };
}

function unitOf({ organizationalUnit }: DirectoryPlace, directory: DirectoryRow): string {
  return organizationalUnit === "" ? directory.organizationalUnit : organizationalUnit;
}

/** @throws directory.encryption.old (caller) */
function refuseOldEncryption(uuid: string, { encryption }: Wanted, { allowsRc4, realm }: DirectoryRow): void {
  if (encryption === "rc4Hmac" && !allowsRc4)
    throw fail("directory.encryption.old", { details: { device: uuid, realm } });
}

/** @throws directory.object.foreign (caller) */
function refuseForeign(found: Computer, uuid: string, known: ObjectRow | undefined): void {
  const isOurs = found.objectId === known?.objectId || found.description === descriptionOf(uuid);
  if (!isOurs) throw fail("directory.object.foreign", { details: { device: uuid, on: found.dn } });
}

function isAsWanted(found: Computer, object: ObjectRow, wanted: Wanted): boolean {
  const sorted = (names: readonly string[]): string =>
    names
      .map((name) => name.toLowerCase())
      .sort()
      .join(" ");
  return (
    found.objectId === object.objectId &&
    found.keyVersion === object.keyVersion &&
    found.encryption === encryptionBits[wanted.encryption] &&
    !found.isDisabled &&
    found.dnsName.toLowerCase() === wanted.dnsName &&
    sorted(found.serviceNames) === sorted(wanted.serviceNames)
  );
}

function objectOf(
  found: Computer,
  { uuid, account, dnsName, serviceNames, encryption }: Wanted,
  { realm, passwordSetAt }: Pick<ObjectRow, "realm" | "passwordSetAt">,
): ObjectRow {
  const { objectId, dn, keyVersion } = found;
  return { device: uuid, realm, account, objectId, dn, dnsName, serviceNames, encryption, keyVersion, passwordSetAt };
}

function keyOf({ realm, account, encryption, keyVersion }: ObjectRow, { secret }: DeviceSecret): KerberosKey {
  const key = new Sealed((purpose) => longTermKey(secret.open(purpose), computerSalt(realm, account), encryption));
  return { key, version: keyVersion, encryption };
}
