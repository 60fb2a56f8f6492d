import { randomUUID } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import { Authorities } from "./authorities.ts";
import { AuthoritiesStore } from "./authorities.store.ts";
import { CredentialsStore, type SecretRow } from "./credentials.store.ts";
import {
  adminUser,
  isOpen,
  likeliestFirst,
  placeOfSecret,
  type SecretKind,
  type SecretState,
} from "./device-secret.ts";
import { EnrolledPasswords } from "./enrolled-passwords.ts";
import { fail } from "./errors.ts";
import { LoginAttempts } from "./login-attempts.ts";
import { MasterKey } from "./master-key.ts";
import { OneTimePasswords } from "./one-time-passwords.ts";
import { randomPassword } from "./password.ts";
import { IssuedCertificates } from "./issued-certificates.ts";
import { Authority, authorityDays, newAuthority } from "./pki/authority.ts";
import { loginWith, type Login, type Sealed } from "./sealed.ts";
import { SetupCertificates } from "./setup-certificates.ts";
import { SetupKeys } from "./setup-keys.ts";
import { Vault, type Place } from "./vault.ts";
import { WebhookSecrets } from "./webhook-secrets.ts";

export type { IssuedRow, ManagerRow } from "./authorities.store.ts";
export type { DeviceAuthority } from "./device-authority.ts";
export { revocationListFolder, revocationListPath } from "./issued-certificates.ts";
export type { AuthorityInspection, AuthoritySurroundings } from "./pki/authority-inspection.ts";
export { describeSetupChain as describeAuthority, oneLine } from "./pki/setup-chain.ts";
export { accountSecret, adminUser, userOf, type SecretKind, type SecretState } from "./device-secret.ts";
export { clientAuthentication, type DeviceNames } from "./pki/device-certificate.ts";
export { managerName } from "./pki/manager-certificate.ts";
export { secretIn, type SetupKey } from "./setup-keys.ts";
export { credentialErrors } from "./errors.ts";
export { randomPassword } from "./password.ts";
export { loginWith, Sealed, type Login } from "./sealed.ts";
export type { Judged, Proof, SetupCertificate } from "./setup-certificates.ts";
export type { Answer, DeviceKnowledge, DeviceVerdict, KnownSuffix, Reason, TrustedHash } from "./pki/device-verdict.ts";
export { firmwareRoots } from "./pki/firmware-roots.ts";
export { keyText } from "./pki/firmware-rules.ts";
export type { Inspection } from "./pki/inspection.ts";
export type { Upload } from "./pki/upload.ts";

/** One secret of a device, as far as it may be shown. */
export interface DeviceSecret {
  readonly id: string;
  readonly kind: SecretKind;
  readonly state: SecretState;
  readonly madeAt: Date;
  readonly changedAt: Date;
  readonly secret: Sealed<string>;
}

/** A secret that a profile's settings call for. */
export interface ProfileSecret {
  readonly name: string;
  readonly value: Sealed<string>;
  readonly changedAt: Date;
}

export interface CredentialsOptions {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly log: Log;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** They open what was sealed under them. */
  readonly olderMasterKeys?: readonly Uint8Array[];
  /** The domain of the devices: DHCP's option 15, which they compare with our setup certificate. */
  readonly domainSuffix: string;
  /** Where this server is found by others, e.g. "https://vigil.corp.example"; absent: certificates do not say where revocation lists are. */
  readonly publicUrl?: string;
}

interface Parts {
  readonly store: CredentialsStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly authorities: Authorities;
  readonly issued: IssuedCertificates;
  readonly setup: SetupCertificates;
  readonly setupKeys: SetupKeys;
  readonly oneTime: OneTimePasswords;
  readonly webhooks: WebhookSecrets;
}

/**
 * Keeps what is secret: the devices' passwords, the authorities' keys, the setup certificates' keys. All of it lies sealed in
 * the database. How a device never ends with a password that nobody has stands at SecretState, in device-secret.ts.
 */
export class Credentials {
  readonly #store: CredentialsStore;
  readonly #vault: Vault;
  readonly #clock: Clock;
  /** Who issues the devices' certificates. */
  readonly authorities: Authorities;
  /** What they issued, to devices and to Vigil itself. */
  readonly issued: IssuedCertificates;
  /** With what Vigil proves itself to devices that are being set up. */
  readonly setup: SetupCertificates;
  /** The pre-shared keys by which old ones are. */
  readonly setupKeys: SetupKeys;
  /** What devices show in setup that were given it by their own software. */
  readonly oneTime: OneTimePasswords;
  /** How often devices may be shown a wrong password. */
  readonly attempts: LoginAttempts;
  /** With what questions to webhooks are signed. */
  readonly webhooks: WebhookSecrets;
  /** Of devices that were set up without Vigil. */
  readonly enrolled: EnrolledPasswords;

  constructor(parts: Parts) {
    this.#store = parts.store;
    this.#vault = parts.vault;
    this.#clock = parts.clock;
    this.authorities = parts.authorities;
    this.issued = parts.issued;
    this.setup = parts.setup;
    this.setupKeys = parts.setupKeys;
    this.oneTime = parts.oneTime;
    this.attempts = new LoginAttempts(parts.clock);
    this.webhooks = parts.webhooks;
    this.enrolled = new EnrolledPasswords(parts);
  }

  /**
   * Opens the vault; at the first start on a database it makes Vigil's authority and a setup certificate.
   * @throws credentials.master-key.malformed, credentials.master-key.other (caller)
   */
  static async start(options: CredentialsOptions): Promise<Credentials> {
    const { clock, domainSuffix, postgres, publicUrl } = options;
    const store = new CredentialsStore(postgres);
    const vault = new Vault(new MasterKey(options.masterKey, options.olderMasterKeys), options.log);
    const root = await setupRoot({ store, vault, clock });
    const setup = await SetupCertificates.start({ store, vault, clock, root, domainSuffix });
    const deps = { postgres, store: new AuthoritiesStore(postgres), vault, clock };
    const authorities = await Authorities.start(deps, () => oldAuthority({ store, vault }));
    const issued = new IssuedCertificates({ ...deps, authorities, ...(publicUrl === undefined ? {} : { publicUrl }) });
    const setupKeys = new SetupKeys({ store, vault, clock });
    const oneTime = new OneTimePasswords({ store, vault, clock });
    const webhooks = new WebhookSecrets({ store, vault, clock });
    return new Credentials({ store, vault, clock, authorities, issued, setup, setupKeys, oneTime, webhooks });
  }

  /** PEM of the root of Vigil's own setup certificate: devices that trust its hash let Vigil set them up. */
  get setupRootPem(): string {
    return this.setup.rootPem;
  }

  /** The login that is known to open the device. For `connect` alone. @throws credentials.secret.none (caller) */
  async runtime(device: string): Promise<Login> {
    const secrets = await this.secretsOf(device, "admin-password");
    const confirmed = secrets.find(({ state }) => state === "confirmed");
    if (confirmed === undefined) throw fail("credentials.secret.none", { details: { device } });
    return loginWith(adminUser, confirmed.secret.open("log in"));
  }

  /**
   * The logins that may open the device, the likeliest first: more than one only while a new password is on its way to it.
   * @throws credentials.secret.none (caller)
   */
  async logins(device: string): Promise<readonly Login[]> {
    const secrets = await this.secretsOf(device, "admin-password");
    const isOnItsWay = secrets.some(({ state }) => isOpen(state));
    if (!isOnItsWay) return [await this.runtime(device)];
    return secrets
      .filter(({ state }) => state !== "previous")
      .map(({ secret }) => loginWith(adminUser, secret.open("log in")));
  }

  /** A device's secrets of a kind, the likeliest first: applied, pending, confirmed, previous. */
  async secretsOf(device: string, kind: SecretKind, tx?: Tx): Promise<readonly DeviceSecret[]> {
    const rows = (await this.#store.secretsOf(device, tx)).filter((row) => row.kind === kind);
    return rows
      .sort((one, other) => likeliestFirst.indexOf(one.state) - likeliestFirst.indexOf(other.state))
      .map((row) => this.#secretOf(row));
  }

  /**
   * The secret that the device is to have next: the open one if there is one, since the device may have taken it already;
   * else a new one. Commit before you tell the device.
   * @param fixed instead of a random one
   */
  async nextSecret(tx: Tx, device: string, kind: SecretKind, fixed?: Sealed<string>): Promise<DeviceSecret> {
    const open = (await this.secretsOf(device, kind, tx)).find(({ state }) => isOpen(state));
    if (open !== undefined) return open;
    const id = randomUUID();
    const at = new Date(this.#clock.now());
    const plain = fixed === undefined ? randomPassword() : fixed.open("set on the device");
    const sealed = this.#vault.seal(plain, placeOfSecret({ id, device, kind }));
    const row: SecretRow = { id, device, kind, state: "pending", sealed, made_at: at, changed_at: at };
    if (await this.#store.insertSecret(tx, row)) return this.#secretOf(row);
    // Somebody else's transaction committed one in between; the next look finds it.
    return this.nextSecret(tx, device, kind, fixed);
  }

  /**
   * The secret that most likely opens the device now, for a person in an emergency.
   * @throws credentials.secret.none (caller)
   */
  async forReveal(device: string, kind: SecretKind): Promise<DeviceSecret> {
    const secrets = await this.secretsOf(device, kind);
    const found = revealedFirst.map((state) => secrets.find((one) => one.state === state)).find((one) => one);
    if (found === undefined) throw fail("credentials.secret.none", { details: { device, kind } });
    return found;
  }

  /** Devices whose admin password was made before, the oldest first. */
  passwordsMadeBefore(at: Date): Promise<string[]> {
    return this.#store.confirmedBefore("admin-password", at);
  }

  /** Whether that is the secret that the device most likely has now. */
  async isCurrent(device: string, kind: SecretKind, other: Sealed<string>): Promise<boolean> {
    const [likeliest] = await this.secretsOf(device, kind);
    return likeliest !== undefined && likeliest.secret.open("compare") === other.open("compare");
  }

  /** The device said that it took the open secret, or was opened with it. */
  async applied(tx: Tx, device: string, kind: SecretKind): Promise<void> {
    for (const row of await this.#store.secretsOf(device, tx)) {
      if (row.kind === kind && row.state === "pending") await this.#setState(tx, row, "applied");
    }
  }

  /**
   * The device was opened over TLS, in its final state: the applied secret becomes the confirmed one, and the confirmed one
   * the previous. A secret that is still pending stays so.
   */
  async confirm(tx: Tx, device: string, kind: SecretKind): Promise<void> {
    const rows = (await this.#store.secretsOf(device, tx)).filter((row) => row.kind === kind);
    const applied = rows.find((row) => row.state === "applied");
    if (applied === undefined) return;
    for (const row of rows) if (row.state === "previous") await this.#store.removeSecret(tx, row.id);
    for (const row of rows) if (row.state === "confirmed") await this.#setState(tx, row, "previous");
    await this.#setState(tx, applied, "confirmed");
  }

  /** The same for every kind of secret that the device has. */
  async confirmAll(tx: Tx, device: string): Promise<void> {
    const rows = await this.#store.secretsOf(device, tx);
    for (const kind of new Set(rows.map((row) => row.kind))) await this.confirm(tx, device, kind);
  }

  /** What it opened is no more. */
  async forget(tx: Tx, device: string, kind: SecretKind): Promise<void> {
    const rows = await this.#store.secretsOf(device, tx);
    for (const row of rows) if (row.kind === kind) await this.#store.removeSecret(tx, row.id);
  }

  /** All secrets of a device, kind by kind, the likeliest of each first. */
  async allSecretsOf(device: string): Promise<readonly DeviceSecret[]> {
    const kinds = new Set((await this.#store.secretsOf(device)).map(({ kind }) => kind));
    const all: DeviceSecret[] = [];
    for (const kind of [...kinds].toSorted()) all.push(...(await this.secretsOf(device, kind)));
    return all;
  }

  /** The device has gone back to its factory state: what was confirmed opens it no more, and is kept as the previous one. */
  async retire(tx: Tx, device: string): Promise<void> {
    const rows = await this.#store.secretsOf(device, tx);
    const confirmed = rows.filter((row) => row.state === "confirmed");
    for (const { kind } of confirmed) {
      const old = rows.find((row) => row.kind === kind && row.state === "previous");
      if (old !== undefined) await this.#store.removeSecret(tx, old.id);
    }
    for (const row of confirmed) await this.#setState(tx, row, "previous");
    await this.issued.gone(tx, device);
  }

  /** The device is no longer ours: whoever shows one of its certificates is not to be believed. @returns how many there were */
  retireCertificates(tx: Tx, device: string, because: string): Promise<number> {
    return this.issued.retire(tx, device, because);
  }

  /** Nothing of the device's secrets is left. @returns how many there were */
  async shred(tx: Tx, device: string): Promise<number> {
    return this.#store.removeSecretsOf(tx, device);
  }

  /** Keeps a secret that a profile's settings call for, in place of the one that it had. */
  async setProfileSecret(tx: Tx, profile: string, name: string, value: string): Promise<void> {
    const sealed = this.#vault.seal(value, placeOfProfileSecret(profile, name));
    await this.#store.putProfileSecret(tx, { profile, name, sealed, changed_at: new Date(this.#clock.now()) });
  }

  async profileSecrets(profile: string): Promise<readonly ProfileSecret[]> {
    return (await this.#store.profileSecrets(profile)).map(({ name, sealed, changed_at }) => ({
      name,
      value: this.#vault.secretIn(sealed, placeOfProfileSecret(profile, name)),
      changedAt: changed_at,
    }));
  }

  /** Keeps the password with which Vigil logs in to the directory of that realm. */
  async setDirectorySecret(tx: Tx, realm: string, value: string): Promise<void> {
    const sealed = this.#vault.seal(value, placeOfDirectorySecret(realm));
    await this.#store.putDirectorySecret(tx, realm, sealed, new Date(this.#clock.now()));
  }

  async directorySecret(realm: string): Promise<Sealed<string> | undefined> {
    const sealed = await this.#store.directorySecret(realm);
    return sealed === undefined ? undefined : this.#vault.secretIn(sealed, placeOfDirectorySecret(realm));
  }

  async forgetDirectorySecret(tx: Tx, realm: string): Promise<void> {
    await this.#store.removeDirectorySecret(tx, realm);
  }

  async #setState(tx: Tx, row: SecretRow, state: SecretState): Promise<void> {
    await this.#store.setSecretState(tx, row.id, state, new Date(this.#clock.now()));
  }

  #secretOf(row: SecretRow): DeviceSecret {
    const { id, kind, state, made_at: madeAt, changed_at: changedAt } = row;
    return { id, kind, state, madeAt, changedAt, secret: this.#vault.secretIn(row.sealed, placeOfSecret(row)) };
  }
}

/** What is confirmed is known to open the device; one that is pending may never have reached it. */
const revealedFirst: readonly SecretState[] = ["confirmed", "applied", "pending", "previous"];

function placeOfProfileSecret(profile: string, name: string): Place {
  return { table: "profile_secrets", row: `${profile}/${name}` };
}

function placeOfDirectorySecret(realm: string): Place {
  return { table: "directory_secrets", row: realm };
}

interface Stored {
  readonly store: CredentialsStore;
  readonly vault: Vault;
}

/** The stored root of Vigil's own setup certificate; made and stored when there is none. */
async function setupRoot({ store, vault, clock }: Stored & { readonly clock: Clock }): Promise<Authority> {
  const place = placeOfAuthority("setup");
  let row = await store.authority("setup");
  if (row === undefined) {
    const content = { commonName: "Vigil Setup Root", organization: "Vigil", days: authorityDays, pathLength: 0 };
    const { certificatePem, keyPem } = await newAuthority(content, clock.now());
    const made_at = new Date(clock.now());
    const sealed_key = vault.seal(keyPem, place);
    await store.insertAuthority({ name: "setup", certificate_pem: certificatePem, sealed_key, made_at });
    row = await store.authority("setup");
  }
  if (row === undefined) throw new Error("the setup root was stored and is gone");
  const key = vault.secretIn(row.sealed_key, place);
  // Opened once to see that the master key is the right one, before anything depends on it.
  key.open("sign");
  return new Authority(row.certificate_pem, key);
}

/** The authority that issued devices' certificates when there was only one. */
async function oldAuthority({ store, vault }: Stored) {
  const row = await store.authority("runtime");
  if (row === undefined) return undefined;
  const { certificate_pem: certificatePem, made_at: madeAt } = row;
  const keyPem = vault.secretIn(row.sealed_key, placeOfAuthority("runtime")).open("sign");
  return { certificatePem, keyPem, madeAt };
}

function placeOfAuthority(name: string): Place {
  return { table: "authorities", row: name };
}
