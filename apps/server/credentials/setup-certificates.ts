import { randomUUID } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { ErrorDetails, VigilError } from "@vigil/base/errors.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { CredentialsStore, SetupCertificateRow } from "./credentials.store.ts";
import { fail } from "./errors.ts";
import { newKeyPair, type Authority } from "./pki/authority.ts";
import { passed } from "./pki/check.ts";
import { judge, type DeviceKnowledge, type DeviceVerdict, type Reason } from "./pki/device-verdict.ts";
import { inspectSetup, refuseFailed, type Inspection } from "./pki/inspection.ts";
import { ownSetupCertificate } from "./pki/setup-certificate.ts";
import { describeSetupChain, type SetupChain } from "./pki/setup-chain.ts";
import type { Upload } from "./pki/upload.ts";
import type { Sealed } from "./sealed.ts";
import type { Place, Vault } from "./vault.ts";

/** A setup certificate, as it may be shown. */
export interface SetupCertificate extends SetupChain {
  readonly id: string;
  /** What operators call it; the leaf's name until one has. */
  readonly name: string;
  /** True for the one that Vigil made itself. */
  readonly isOwn: boolean;
  readonly addedAt: Date;
}

/** With what Vigil proves itself to a device that is being set up. */
export interface Proof {
  readonly id: string;
  /** Leaf first, root last. */
  readonly chainPem: string;
  readonly key: Sealed<string>;
  /** Why this one; never "no". */
  readonly verdict: DeviceVerdict;
}

/** What a device would say to one certificate. */
export interface Judged {
  readonly certificate: SetupCertificate;
  readonly verdict: DeviceVerdict;
}

/** Chosen: our own is replaced well before devices or people could notice. */
const renewedBeforeMs = 90 * 86_400_000;
/** Chains kept described, some kilobytes each. Chosen: far more than anybody has. */
const mostDescribed = 100;

/**
 * The certificates with which Vigil proves itself to devices that are being set up: one of its own, whose root the
 * operator's devices have to be told, and bought ones, whose roots the firmware brings along.
 */
export class SetupCertificates {
  readonly #store: CredentialsStore;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #described = new Map<string, SetupChain>();
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
      await store.insertSetupCertificate(rowOf(chain, keyPem, { ...deps, ownSuffix: domainSuffix, name: null }));
    }
    return new SetupCertificates(deps);
  }

  /** All of them, without their keys. */
  async list(): Promise<SetupCertificate[]> {
    return (await this.#store.setupCertificates()).map((row) => this.#shown(row));
  }

  /** @throws provisioning.certificate.unknown (caller) */
  async get(id: string, tx?: Tx): Promise<SetupCertificate> {
    const row = await this.#store.setupCertificate(id, tx);
    if (row === undefined) throw fail("provisioning.certificate.unknown", { details: { id } });
    return this.#shown(row);
  }

  /** The whole report about a certificate that may be added. Nothing is kept. */
  inspect(upload: Upload): Inspection {
    return inspectSetup(upload, this.#clock.now());
  }

  /** The report about a certificate that is kept, as of now. @throws provisioning.certificate.unknown (caller) */
  async inspectKept(id: string): Promise<Inspection> {
    const { chainPem } = await this.get(id);
    const inspection = this.inspect({ chainPem });
    // It was compared with the certificate when it was added; to look at dates is no reason to open it.
    const key = passed("key", "kept under seal", "the private key of the leaf");
    return { ...inspection, checks: inspection.checks.map((one) => (one.id === "key" ? key : one)) };
  }

  /** True when the chain with that leaf is kept already. @throws provisioning.certificate.unreadable (caller) */
  async holds(upload: Upload): Promise<boolean> {
    const fingerprint = this.inspect(upload).chain?.fingerprint;
    return (await this.#store.setupCertificates()).some((row) => row.fingerprint === fingerprint);
  }

  /**
   * Keeps one more. What is only out of order is put in order.
   * @throws provisioning.certificate.* (caller)
   */
  async add(tx: Tx, upload: Upload, name: string | null = null): Promise<SetupCertificate> {
    const { chain, keyPem } = refuseFailed(this.inspect(upload));
    const row = rowOf(chain, keyPem, { vault: this.#vault, clock: this.#clock, ownSuffix: null, name });
    if (!(await this.#store.insertSetupCertificate(row, tx))) {
      throw fail("provisioning.certificate.duplicate", { details: { fingerprint: chain.fingerprint } });
    }
    return this.#shown(row);
  }

  /** @throws provisioning.certificate.unknown (caller) */
  async rename(tx: Tx, id: string, name: string): Promise<SetupCertificate> {
    await this.get(id, tx);
    await this.#store.renameSetupCertificate(tx, id, name);
    return this.get(id, tx);
  }

  /** @throws provisioning.certificate.unknown, provisioning.certificate.own (caller) */
  async remove(tx: Tx, id: string): Promise<SetupCertificate> {
    const certificate = await this.get(id, tx);
    if (certificate.isOwn) throw fail("provisioning.certificate.own", { details: { id } });
    await this.#store.removeSetupCertificate(id, tx);
    return certificate;
  }

  /** What that device would say to a certificate. */
  judge(chain: SetupChain, device: DeviceKnowledge): DeviceVerdict {
    return judge(chain, device, this.#clock.now());
  }

  /** What each of those devices would say to each of the certificates, the best first. */
  async judgeAll(devices: readonly DeviceKnowledge[]): Promise<Judged[][]> {
    const certificates = await this.list();
    return devices.map((device) => certificates.map((one) => this.#judged(one, device)).sort(bestFirst));
  }

  /**
   * The certificate to show to that device: one that it accepts by all that is known, else one that it may accept.
   * @throws provisioning.certificate.untrusted, .wrong-domain, .release-unsupported (device), .expired (caller): why not
   */
  async proofFor(device: DeviceKnowledge): Promise<Proof> {
    const rows = await this.#store.setupCertificates();
    const judged = rows.map((row) => this.#judged(this.#shown(row), device)).sort(bestFirst);
    const [best] = judged;
    const row = rows.find(({ id }) => id === best?.certificate.id);
    if (best === undefined || row === undefined || best.verdict.answer === "no") throw refusalOf(judged, device);
    const key = this.#vault.secretIn(row.sealed_key, placeOf(row.id));
    return { id: row.id, chainPem: row.chain_pem, key, verdict: best.verdict };
  }

  /** Every device that is set up asks for the same few certificates: each is described once. */
  #shown(row: SetupCertificateRow): SetupCertificate {
    let chain = this.#described.get(row.id);
    if (chain === undefined) {
      // The chain of an id never changes. Who has added and removed so many begins anew.
      if (this.#described.size >= mostDescribed) this.#described.clear();
      chain = describeSetupChain(row.chain_pem);
      this.#described.set(row.id, chain);
    }
    return shown(row, chain);
  }

  #judged(certificate: SetupCertificate, device: DeviceKnowledge): Judged {
    return { certificate, verdict: this.judge(certificate, device) };
  }
}

const ranks = { yes: 0, unknown: 1, no: 2 } as const;

/** Surest first: the whole answer, then the name, then the release, then who is valid longest. */
function bestFirst(one: Judged, other: Judged): number {
  const rank = ({ verdict }: Judged): number => {
    const of = (id: Reason["id"]): number => ranks[verdict.reasons.find((reason) => reason.id === id)?.answer ?? "no"];
    return ranks[verdict.answer] * 100 + of("root") * 27 + of("name") * 9 + of("release") * 3 + of("dates");
  };
  const longer = other.certificate.expiresAt.getTime() - one.certificate.expiresAt.getTime();
  return rank(one) - rank(other) || longer;
}

/** Why none will do: what stands in the way of the one that comes nearest. */
function refusalOf(judged: readonly Judged[], device: DeviceKnowledge): VigilError {
  const [nearest] = judged;
  const blocking = nearest?.verdict.reasons.find(({ answer }) => answer === "no");
  if (nearest === undefined || blocking === undefined || blocking.id === "root") {
    const roots = judged.map(({ certificate }) => certificate.rootHashes.sha256);
    return fail("provisioning.certificate.untrusted", {
      details: { listed: device.rootHashes?.length ?? 0, roots, ...(blocking === undefined ? {} : sidesOf(blocking)) },
    });
  }
  const details = { certificate: nearest.certificate.name, ...sidesOf(blocking) };
  switch (blocking.id) {
    case "name":
      return fail("provisioning.certificate.wrong-domain", { details });
    case "release":
      return fail("provisioning.certificate.release-unsupported", { details });
    case "dates":
      return fail("provisioning.certificate.expired", { details });
    default:
      return blocking.id satisfies never;
  }
}

function sidesOf({ found, expected, next }: Reason): ErrorDetails {
  return { found, expected, todo: next };
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
  deps: { vault: Vault; clock: Clock; ownSuffix: string | null; name: string | null },
): SetupCertificateRow {
  const id = randomUUID();
  return {
    id,
    own_suffix: deps.ownSuffix,
    name: deps.name,
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

function shown({ id, name, own_suffix, added_at }: SetupCertificateRow, chain: SetupChain): SetupCertificate {
  const usual = own_suffix === null ? (chain.names.common[0] ?? chain.subject) : "Vigil's own";
  return { id, name: name ?? usual, isOwn: own_suffix !== null, addedAt: added_at, ...chain };
}
