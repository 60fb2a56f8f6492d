import { randomUUID } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { CredentialsStore, SetupCertificateRow } from "./credentials.store.ts";
import { fail } from "./errors.ts";
import { newKeyPair, type Authority } from "./pki/authority.ts";
import {
  describeSetupChain,
  inspectSetupChain,
  ownSetupCertificate,
  type RootHashes,
  type SetupChain,
} from "./pki/setup-certificate.ts";
import type { Sealed } from "./sealed.ts";
import type { Place, Vault } from "./vault.ts";

/** A setup certificate, as it may be shown. */
export interface SetupCertificate extends SetupChain {
  readonly id: string;
  /** True for the one that Vigil made itself. */
  readonly isOwn: boolean;
}

/** With what Vigil proves itself to a device that is being set up. */
export interface Proof {
  readonly id: string;
  /** Leaf first, root last. */
  readonly chainPem: string;
  readonly key: Sealed<string>;
}

/** A root hash in a hello. */
export interface TrustedHash {
  readonly algorithm: keyof RootHashes;
  /** Lower-case hex. */
  readonly hash: string;
}

/** Chosen: our own is replaced well before devices or people could notice. */
const renewedBeforeMs = 90 * 86_400_000;

/**
 * The certificates with which Vigil proves itself to devices that are being set up: one of its own, whose root the
 * operator's devices have to be told, and bought ones, whose roots the firmware brings along.
 */
export class SetupCertificates {
  readonly #store: CredentialsStore;
  readonly #vault: Vault;
  readonly #clock: Clock;
  /** The root of Vigil's own setup certificate: its SHA-256 is what devices have to trust. */
  readonly rootPem: string;

  private constructor(deps: SetupDeps) {
    this.#store = deps.store;
    this.#vault = deps.vault;
    this.#clock = deps.clock;
    this.rootPem = deps.root.certificatePem;
  }

  /** Makes Vigil's own certificate for that domain when there is none, and replaces one that expires soon. */
  static async start(deps: SetupDeps & { readonly domainSuffix: string }): Promise<SetupCertificates> {
    const { store, clock, domainSuffix } = deps;
    const own = (await store.setupCertificates()).find((row) => row.own_suffix === domainSuffix);
    const isFresh = own !== undefined && own.expires_at.getTime() - clock.now() > renewedBeforeMs;
    if (!isFresh) {
      if (own !== undefined) await store.removeSetupCertificate(own.id);
      const { keyPem, publicKey } = await newKeyPair();
      const leaf = await deps.root.sign(ownSetupCertificate(publicKey, domainSuffix), clock.now());
      const chain = describeSetupChain(`${leaf.pem}\n${deps.root.certificatePem}`);
      // Another server of the same database may have been quicker: then its certificate stays.
      await store.insertSetupCertificate(rowOf(chain, keyPem, { ...deps, ownSuffix: domainSuffix }));
    }
    return new SetupCertificates(deps);
  }

  /** All of them, without their keys. */
  async list(): Promise<SetupCertificate[]> {
    return (await this.#store.setupCertificates()).map(shown);
  }

  /** True when the chain with that leaf is kept already. @throws provisioning.certificate.* (caller) */
  async holds(chainPem: string): Promise<boolean> {
    const { fingerprint } = describeSetupChain(chainPem);
    return (await this.#store.setupCertificates()).some((row) => row.fingerprint === fingerprint);
  }

  /**
   * Keeps one more. @param chainPem leaf first, root last
   * @throws provisioning.certificate.* (caller)
   */
  async add(tx: Tx, chainPem: string, keyPem: string): Promise<SetupCertificate> {
    const chain = inspectSetupChain(chainPem, keyPem, this.#clock.now());
    const row = rowOf(chain, keyPem, { vault: this.#vault, clock: this.#clock, ownSuffix: null });
    if (!(await this.#store.insertSetupCertificate(row, tx))) {
      throw fail("provisioning.certificate.duplicate", { details: { fingerprint: chain.fingerprint } });
    }
    return shown(row);
  }

  /**
   * The certificate that a device with those hashes accepts; the one that is valid longest when several do.
   * @throws provisioning.certificate.untrusted (device); details: the roots that the device would have to list
   */
  async acceptedBy(hashes: readonly TrustedHash[]): Promise<Proof> {
    const trusted = new Set(hashes.map(({ algorithm, hash }) => `${algorithm} ${hash}`));
    const now = this.#clock.now();
    const rows = (await this.#store.setupCertificates()).filter((row) => row.expires_at.getTime() > now);
    const matching = rows
      .filter((row) => hashesOf(row).some((hash) => trusted.has(hash)))
      .sort((one, other) => other.expires_at.getTime() - one.expires_at.getTime());
    const [best] = matching;
    if (best === undefined) {
      const roots = rows.map((row) => row.root_sha256);
      throw fail("provisioning.certificate.untrusted", { details: { listed: hashes.length, roots } });
    }
    return { id: best.id, chainPem: best.chain_pem, key: this.#vault.secretIn(best.sealed_key, placeOf(best.id)) };
  }
}

interface SetupDeps {
  readonly store: CredentialsStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly root: Authority;
}

function rowOf(
  chain: SetupChain,
  keyPem: string,
  deps: { vault: Vault; clock: Clock; ownSuffix: string | null },
): SetupCertificateRow {
  const id = randomUUID();
  return {
    id,
    own_suffix: deps.ownSuffix,
    chain_pem: chain.chainPem,
    sealed_key: deps.vault.seal(keyPem, placeOf(id)),
    fingerprint: chain.fingerprint,
    root_sha1: chain.rootHashes.sha1,
    root_sha256: chain.rootHashes.sha256,
    root_sha384: chain.rootHashes.sha384,
    expires_at: chain.expiresAt,
    added_at: new Date(deps.clock.now()),
  };
}

function placeOf(id: string): Place {
  return { table: "setup_certificates", row: id };
}

function hashesOf(row: SetupCertificateRow): string[] {
  return [`sha1 ${row.root_sha1}`, `sha256 ${row.root_sha256}`, `sha384 ${row.root_sha384}`];
}

function shown(row: SetupCertificateRow): SetupCertificate {
  return { id: row.id, isOwn: row.own_suffix !== null, ...describeSetupChain(row.chain_pem) };
}
