import { createHash, X509Certificate } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import { publicKeyIn, type Authorities, type Signer, type Standing } from "./authorities.ts";
import type { AuthoritiesStore, IssuedRow, ManagerRow, RevocationReason } from "./authorities.store.ts";
import { blocksOf, issuersIn } from "./device-authority.ts";
import { fail } from "./errors.ts";
import { newKeyPair, type LeafContent, type SignedCertificate } from "./pki/authority.ts";
import {
  deviceCertificate,
  fullNameOf,
  publicKeyOf,
  serverNameOf,
  type DeviceNames,
} from "./pki/device-certificate.ts";
import { managerCertificate, whyRefused, type MutualTrust } from "./pki/manager-certificate.ts";
import type { Sealed } from "./sealed.ts";
import type { Place, Vault } from "./vault.ts";

/** Whom `secured` is to believe. */
export interface Trust {
  /** Chains of the authorities, roots included. */
  readonly caPem: readonly string[];
  /** The name that the device's certificate bears and that of no other device does. */
  readonly serverName: string;
}

/** A certificate that one of Vigil's authorities issued to a device. */
export interface IssuedCertificate {
  readonly der: Uint8Array;
  readonly subject: string;
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  readonly expiresAt: Date;
}

/** A revocation list as it is served. */
export interface RevocationList {
  /** DER. */
  readonly der: Uint8Array;
  readonly number: number;
  readonly nextUpdate: Date;
}

/** Certificates of the manager that devices with mutual TLS are told not to believe. */
export interface RevokedManagers {
  readonly url: string;
  /** Hexadecimal digits. */
  readonly serialNumbers: readonly string[];
}

/** Who gets a certificate, over which key. */
export interface Holder {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly names: DeviceNames;
}

/** One that was signed, and what is to be noted of it. */
interface Signed {
  readonly row: Omit<IssuedRow, "retired_at" | "retired_because">;
  readonly certificate: IssuedCertificate;
}

export interface SignedBatch {
  readonly signed: readonly Signed[];
  /** What goes along with each, DER, the nearest first; the root is not among them. */
  readonly issuers: readonly Uint8Array[];
}

interface Deps {
  readonly postgres: Postgres;
  readonly store: AuthoritiesStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly authorities: Authorities;
  /** Where this server is found by others; absent: nobody is told where the revocation lists are. */
  readonly publicUrl?: string;
}

const dayMs = 86_400_000;
/** @source predecessors row 51: rotated; chosen as for devices */
const managerRenewedBeforeMs = 30 * dayMs;
/** Chosen: whoever checks may keep a list for so long; made anew when half of it is over, or something was revoked. */
const listDays = 7;

/** Below the server's address. */
export const revocationListFolder = "/pki/crl/";

/** Where a revocation list is, below the server's address. */
export function revocationListPath(authority: string): string {
  return `${revocationListFolder}${authority}.crl`;
}

/**
 * What was issued, to devices and to Vigil itself, and what became of it. A device's certificate is issued, then shown (the device was met
 * with it), then replaced (it was met with a newer one, or is no longer set up). Whom Vigil believes when it meets a device is by this
 * record: the authorities of its certificates that were not replaced.
 */
export class IssuedCertificates {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Signs the request of a device. The certificate is noted before anybody gets it.
   * @param request PKCS#10, DER, signed by the device
   * @throws credentials.request.refused (device)
   */
  async issue(request: Uint8Array, names: DeviceNames): Promise<IssuedCertificate> {
    return this.#issue(await publicKeyOf(request), names);
  }

  /** For a device that cannot make a key, over the key that was made for it. @param keyPem of `keyFor` */
  issueOver(keyPem: Sealed<string>, names: DeviceNames): Promise<IssuedCertificate> {
    return this.#issue(publicKeyIn(keyPem.open("sign")), names);
  }

  /** Signs for devices that are entered as set up already, many at once. Nothing is noted yet: `noteAll` does that, before anybody gets one. */
  async signAll(holders: readonly Holder[]): Promise<SignedBatch> {
    const signer = await this.#deps.authorities.current();
    const now = this.#deps.clock.now();
    const contents = holders.map((holder) => this.#contentFor(holder, signer));
    const made = await signer.authority.signAll(contents, now);
    const signed = holders.flatMap(({ names }, index) => {
      const one = made[index];
      return one === undefined ? [] : [notedFor(names, one, { signer, now })];
    });
    return { signed, issuers: derOf(issuersIn(signer.chainPem)) };
  }

  /** Notes what was signed; it counts as shown, since whoever has the devices puts it in. */
  async noteAll(tx: Tx, signed: readonly Signed[]): Promise<void> {
    await this.#deps.store.insertAllIssued(
      tx,
      signed.map(({ row }) => ({ ...row, shown_at: row.issued_at })),
    );
  }

  /** The key for a device that cannot make one. It is stored before the device gets it, and stays the same until `forgetKey`. PKCS#8. */
  async keyFor(device: string): Promise<Sealed<string>> {
    const { store, vault, clock } = this.#deps;
    const place: Place = { table: "injected_keys", row: device };
    const stored = await store.injectedKey(device);
    if (stored !== undefined) return vault.secretIn(stored.sealed, place);
    const { keyPem } = await newKeyPair();
    await store.insertInjectedKey(device, vault.seal(keyPem, place), new Date(clock.now()));
    return this.keyFor(device);
  }

  /** What a provisioned device's certificate has to be. */
  async trust(device: string): Promise<Trust> {
    const signers = await this.#believedFor(device);
    return { caPem: signers.map(({ chainPem }) => chainPem), serverName: serverNameOf(device) };
  }

  /** The roots of the same, PEM. */
  async rootsFor(device: string): Promise<readonly string[]> {
    return (await this.#believedFor(device)).map(({ chainPem }) => blocksOf(chainPem).at(-1) ?? chainPem);
  }

  /** Roots of every authority that ever was in use, PEM. */
  async allRoots(): Promise<readonly string[]> {
    const { authorities } = this.#deps;
    return [...(await authorities.signers()).values()].map(({ chainPem }) => blocksOf(chainPem).at(-1) ?? chainPem);
  }

  /** What Vigil shows to a device with mutual TLS, which holds the root of the authority that it shows itself. */
  async presentation(device: string): Promise<{ readonly chainPem: string; readonly keyPem: string }> {
    const { chainPem, key } = await this.#managerFor(device);
    return { chainPem, keyPem: key.open("prove ourselves") };
  }

  /** Why a device with mutual TLS would refuse what Vigil shows; undefined when it would not. */
  async whyRefused(device: string, trust: MutualTrust): Promise<string | undefined> {
    return whyRefused((await this.#managerFor(device)).chainPem, trust);
  }

  /** What the authorities say to that certificate; one that was revoked is to be replaced. @param der as a device shows or holds it */
  async standingOf(der: Uint8Array): Promise<Standing> {
    const { authorities, store } = this.#deps;
    const standing = await authorities.standingOf(der);
    if (standing !== "current") return standing;
    const row = await store.issuedAs(fingerprintOf(der));
    return row !== undefined && row.revoked_at !== null ? "due" : "current";
  }

  /** What goes along with that certificate, DER, the nearest first, without the root; nothing for one that is none of ours. */
  async issuersOf(der: Uint8Array): Promise<readonly Uint8Array[]> {
    const signers = [...(await this.#deps.authorities.signers()).values()];
    const signer = signers.find(({ authority }) => authority.hasSigned(der));
    return signer === undefined ? [] : derOf(issuersIn(signer.chainPem));
  }

  /** What went along with any certificate of ours. */
  async allIssuers(): Promise<readonly Uint8Array[]> {
    const signers = [...(await this.#deps.authorities.signers()).values()];
    return signers.flatMap(({ chainPem }) => derOf(issuersIn(chainPem)));
  }

  /** Names that a certificate of the authority in use has to bear for that device. */
  async namesOf(names: DeviceNames): Promise<readonly string[]> {
    const { constraints } = await this.#deps.authorities.current();
    return [fullNameOf(names), serverNameOf(names.uuid)].filter((one) => constraints.allowsHost(one));
  }

  /** The device was met with that certificate: the ones before are not to be believed any more. Idempotent. */
  async shown(device: string, der: Uint8Array | undefined): Promise<void> {
    if (der === undefined) return;
    const { store, clock, postgres } = this.#deps;
    const fingerprint = fingerprintOf(der);
    const row = await store.issuedAs(fingerprint);
    if (row === undefined || row.device !== device || row.shown_at !== null) return;
    const at = new Date(clock.now());
    await postgres.transaction(async (tx) => {
      if (!(await store.shown(tx, fingerprint, device, at))) return;
      await store.staleRevocationLists(tx, await store.supersedeIssued(tx, row, at));
      await store.removeInjectedKey(device, tx);
    });
  }

  /** The device is no longer set up: it shows none of them any more. Whether they are taken back is for `retire` to say. */
  async gone(tx: Tx, device: string): Promise<void> {
    const { store, clock } = this.#deps;
    await store.goneIssued(tx, device, new Date(clock.now()));
    await store.removeInjectedKey(device, tx);
  }

  /** Takes back all that were issued to a device which is given up. @returns how many there were */
  async retire(tx: Tx, device: string, because: string): Promise<number> {
    const { store, clock } = this.#deps;
    const reason = because === "stolen" ? "keyCompromise" : "cessationOfOperation";
    const authorities = await store.retireIssued(tx, device, { because, reason, at: new Date(clock.now()) });
    await store.staleRevocationLists(tx, authorities);
    return authorities.length;
  }

  /** The newest first. */
  issuedTo(device: string): Promise<readonly IssuedRow[]> {
    return this.#deps.store.issuedTo(device);
  }

  /** What Vigil itself shows, the ones that are valid longest first. */
  managers(): Promise<ManagerRow[]> {
    return this.#deps.store.managers();
  }

  /**
   * Takes back the certificate of a device or of the manager; whoever shows it gets another one.
   * @returns the device; null when it was the manager's
   * @throws credentials.certificate.unknown, credentials.certificate.revoked (caller)
   */
  async revoke(tx: Tx, serial: string, reason: RevocationReason): Promise<string | null> {
    const { store, clock } = this.#deps;
    const at = new Date(clock.now());
    const issued = await store.issued(tx, serial);
    const manager = (await store.managers(tx)).find((one) => one.serial === serial);
    const found = issued ?? manager;
    if (found === undefined) throw fail("credentials.certificate.unknown", { details: { serial } });
    if (found.revoked_at !== null) throw fail("credentials.certificate.revoked", { details: { serial } });
    if (issued !== undefined) await store.revokeIssued(tx, serial, reason, at);
    if (manager !== undefined) await store.changeManager(tx, manager.fingerprint, { revoked_at: at, reason });
    if (found.authority !== null) await store.staleRevocationLists(tx, [found.authority]);
    return issued?.device ?? null;
  }

  /** Devices whose certificate is to be replaced, whatever its dates. */
  async devicesDue(limit: number): Promise<string[]> {
    const { authorities, store } = this.#deps;
    return store.devicesDue([...(await authorities.good())], limit);
  }

  /** What devices that hold the root of those authorities are to be told not to believe, one list for each that has any. */
  async revokedManagersFor(device: string): Promise<readonly RevokedManagers[]> {
    const { store, clock } = this.#deps;
    const all = await store.managers();
    return (await this.#believedFor(device)).flatMap(({ id }) => {
      const revoked = all.filter(
        ({ authority, revoked_at, expires_at }) =>
          authority === id && revoked_at !== null && expires_at.getTime() > clock.now(),
      );
      const serialNumbers = revoked.flatMap(({ serial }) => serial ?? []);
      return serialNumbers.length === 0 ? [] : [{ url: this.#listUrl(id) ?? revocationListPath(id), serialNumbers }];
    });
  }

  /** The list of an authority that is or was in use; made anew when it is due. @returns undefined for any other */
  async revocationList(authority: string): Promise<RevocationList | undefined> {
    const { store, clock, postgres, authorities } = this.#deps;
    const isFresh = (one: { is_stale: boolean; next_update: Date }): boolean =>
      !one.is_stale && one.next_update.getTime() - clock.now() > (listDays * dayMs) / 2;
    const kept = await store.revocationList(authority);
    if (kept !== undefined && isFresh(kept)) return listOf(kept);
    const signer = await authorities.signer(authority);
    if (signer === undefined) return undefined;
    if (kept === undefined) await store.beginRevocationList(authority, new Date(clock.now()));
    return postgres.transaction(async (tx) => {
      const before = await store.lockedRevocationList(tx, authority);
      if (before !== undefined && isFresh(before)) return listOf(before);
      const now = clock.now();
      const [madeAt, nextUpdate] = [new Date(now), new Date(now + listDays * dayMs)];
      const rows = await store.revokedBy(tx, authority, madeAt);
      const entries = rows.map(({ serial, revoked_at, reason }) => ({ serial, revokedAt: revoked_at, reason }));
      const number = (before?.number ?? 0) + 1;
      const der = await signer.authority.signList({ number, madeAt, nextUpdate, entries });
      const row = { authority, number, der, is_stale: false, made_at: madeAt, next_update: nextUpdate };
      await store.putRevocationList(tx, row);
      return { der, number, nextUpdate };
    });
  }

  /** The same of one that has to have a list. @throws credentials.authority.unknown, credentials.authority.state (caller) */
  async requiredList(authority: string): Promise<RevocationList> {
    const { name, state } = await this.#deps.authorities.get(authority);
    const list = await this.revocationList(authority);
    if (list !== undefined) return list;
    throw fail("credentials.authority.state", { details: { authority: name, state, needed: ["in-use", "retired"] } });
  }

  async #issue(publicKey: Uint8Array, names: DeviceNames): Promise<IssuedCertificate> {
    const { authorities, clock } = this.#deps;
    const signer = await authorities.current();
    const now = clock.now();
    const made = await signer.authority.sign(this.#contentFor({ publicKey, names }, signer), now);
    const { row, certificate } = notedFor(names, made, { signer, now });
    await this.#deps.store.insertIssued(row);
    return certificate;
  }

  #contentFor({ publicKey, names }: Holder, signer: Signer): LeafContent {
    return { ...deviceCertificate(publicKey, names, signer.constraints), ...this.#listOption(signer.id) };
  }

  /** The authorities of what the device was issued and may show; the one in use for a device that was issued nothing. */
  async #believedFor(device: string): Promise<readonly Signer[]> {
    const { authorities, store } = this.#deps;
    const rows = (await store.issuedTo(device)).filter(({ replaced_at }) => replaced_at === null);
    const ids = new Set(rows.map(({ authority }) => authority ?? ""));
    const believed: Signer[] = [];
    for (const id of ids) {
      const signer = await authorities.signer(id);
      if (signer !== undefined) believed.push(signer);
    }
    return believed.length === 0 ? [await authorities.current()] : believed;
  }

  /** Of the authority whose certificate the device was last met with: its root is in the device's store. */
  async #managerFor(device: string): Promise<{ readonly chainPem: string; readonly key: Sealed<string> }> {
    const { authorities, store } = this.#deps;
    const rows = (await store.issuedTo(device)).filter(({ replaced_at }) => replaced_at === null);
    const known = rows.find(({ shown_at }) => shown_at !== null) ?? rows[0];
    const signer = (await authorities.signer(known?.authority ?? "")) ?? (await authorities.current());
    const { certificatePem, key } = await this.#managerOf(signer);
    return { chainPem: [certificatePem, ...issuersIn(signer.chainPem)].join("\n"), key };
  }

  async #managerOf(signer: Signer): Promise<{ readonly certificatePem: string; readonly key: Sealed<string> }> {
    const { store, vault, clock } = this.#deps;
    const place = (fingerprint: string): Place => ({ table: "manager_certificates", row: fingerprint });
    const now = clock.now();
    const stored = await store.managerOf(signer.id);
    // One that ends with its authority cannot be had for longer.
    const isLast = stored !== undefined && signer.expiresAt.getTime() - stored.expires_at.getTime() < dayMs;
    if (stored !== undefined && (isLast || stored.expires_at.getTime() - now > managerRenewedBeforeMs)) {
      const key = vault.secretIn(stored.sealed_key, place(stored.fingerprint));
      return { certificatePem: stored.certificate_pem, key };
    }
    const { keyPem, publicKey } = await newKeyPair();
    const content = { ...managerCertificate(publicKey), ...this.#listOption(signer.id) };
    const { der, pem, serial, expiresAt } = await signer.authority.sign(content, now);
    const fingerprint = fingerprintOf(der);
    const sealed_key = vault.seal(keyPem, place(fingerprint));
    await store.insertManager({
      fingerprint,
      certificate_pem: pem,
      sealed_key,
      expires_at: expiresAt,
      authority: signer.id,
      serial,
      issued_at: new Date(now),
      revoked_at: null,
      reason: null,
    });
    return { certificatePem: pem, key: vault.secretIn(sealed_key, place(fingerprint)) };
  }

  #listOption(authority: string): { readonly listUrl?: string } {
    const listUrl = this.#listUrl(authority);
    return listUrl === undefined ? {} : { listUrl };
  }

  #listUrl(authority: string): string | undefined {
    const { publicUrl } = this.#deps;
    return publicUrl === undefined ? undefined : `${publicUrl}${revocationListPath(authority)}`;
  }
}

function notedFor(
  names: DeviceNames,
  { der, serial, expiresAt }: SignedCertificate,
  { signer, now }: { readonly signer: Signer; readonly now: number },
): Signed {
  const fingerprint = fingerprintOf(der);
  const subject = `CN=${names.hostName}`;
  const row = {
    serial,
    device: names.uuid,
    subject,
    fingerprint,
    issued_at: new Date(now),
    expires_at: expiresAt,
    authority: signer.id,
    shown_at: null,
    replaced_at: null,
    revoked_at: null,
    reason: null,
  };
  return { row, certificate: { der, subject, fingerprint, expiresAt } };
}

function listOf(row: { der: Uint8Array; number: number; next_update: Date }): RevocationList {
  return { der: row.der, number: row.number, nextUpdate: row.next_update };
}

function derOf(pems: readonly string[]): readonly Uint8Array[] {
  return pems.map((pem) => new Uint8Array(new X509Certificate(pem).raw));
}

function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}
