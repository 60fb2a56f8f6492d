import { createPublicKey, randomUUID, X509Certificate } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { AuthoritiesStore, DeviceAuthorityRow } from "./authorities.store.ts";
import {
  blocksOf,
  lineageOf,
  warningDue,
  type AuthorityKind,
  type AuthorityState,
  type DeviceAuthority,
} from "./device-authority.ts";
import { fail } from "./errors.ts";
import { Authority, authorityDays, newAuthority, rootDays } from "./pki/authority.ts";
import {
  inspectAuthority,
  refuseFailedAuthority,
  type AuthorityInspection,
  type AuthoritySurroundings,
} from "./pki/authority-inspection.ts";
import { answerOf } from "./pki/authority-checks.ts";
import { setupChainOf } from "./pki/setup-chain.ts";
import { authorityRequest } from "./pki/authority-request.ts";
import { nameConstraintsOf, type NameConstraints } from "./pki/name-constraints.ts";
import type { Place, Vault } from "./vault.ts";

/** An authority that can sign. */
export interface Signer {
  readonly id: string;
  readonly authority: Authority;
  /** Issuing certificate first, root last. */
  readonly chainPem: string;
  readonly constraints: NameConstraints;
  /** When the first certificate of its chain ends. */
  readonly expiresAt: Date;
}

/** What Vigil's authorities say to a certificate. "due": one of them issued it, and it is to be replaced. */
export type Standing = "current" | "due" | "foreign";

export interface AuthoritiesDeps {
  readonly postgres: Postgres;
  readonly store: AuthoritiesStore;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** The one authority of before there were several. */
interface OldAuthority {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly madeAt: Date;
}

const dayMs = 86_400_000;
/** A device's certificate is good for two years and replaced a month ahead: an issuing one with less than that left would cut it short. */
const issuingRenewedBeforeMs = 760 * dayMs;

const firstName = "Vigil's own";

/**
 * The authorities that issue the devices' certificates. One is in use; the states stand at AuthorityState. The retired ones stay
 * believed by whoever still shows their certificates, and go on signing their revocation lists.
 * What is known of them is read from the database each time: another server on it may have put another one to use.
 */
export class Authorities {
  readonly #deps: AuthoritiesDeps;
  readonly #signers = new Map<string, Signer>();

  private constructor(deps: AuthoritiesDeps) {
    this.#deps = deps;
  }

  /**
   * At the first start on a database it makes a root and an issuing authority. One that was made when there was a single tier stays in use as
   * it is: no device is touched because the server was updated.
   * @throws credentials.master-key.other (caller)
   */
  static async start(deps: AuthoritiesDeps, old: () => Promise<OldAuthority | undefined>): Promise<Authorities> {
    const authorities = new Authorities(deps);
    if ((await deps.store.inUse()) === undefined) {
      const before = await old();
      await deps.postgres.transaction((tx) =>
        before === undefined ? authorities.#createFirst(tx) : authorities.#adopt(tx, before),
      );
    }
    // Its key is opened once, to see that the master key is the right one before anything depends on it.
    const { sealed_key: sealed, id } = await authorities.#inUse();
    if (sealed !== null) deps.vault.secretIn(sealed, placeOf(id)).open("sign");
    return authorities;
  }

  async list(): Promise<DeviceAuthority[]> {
    return (await this.#deps.store.all()).map(shown);
  }

  /** Devices that show a certificate of each. */
  deviceCounts(): Promise<ReadonlyMap<string, number>> {
    return this.#deps.store.deviceCounts();
  }

  /** @throws credentials.authority.unknown (caller) */
  async get(id: string): Promise<DeviceAuthority> {
    const found = (await this.list()).find((one) => one.id === id);
    if (found === undefined) throw fail("credentials.authority.unknown", { details: { id } });
    return found;
  }

  /**
   * An own one is ready at once, with a root of its own; an outside one is a draft.
   * @throws credentials.authority.taken (caller)
   */
  async create(
    tx: Tx,
    wanted: {
      readonly name: string;
      readonly kind: AuthorityKind;
      readonly commonName?: string;
      readonly organization?: string;
    },
  ): Promise<DeviceAuthority> {
    if (wanted.kind === "own") return this.#createOwn(tx, wanted.name, "ready");
    const { name, kind, commonName = "Vigil Device Authority", organization = "Vigil" } = wanted;
    return this.#insert(tx, { ...this.#blank(name), kind, common_name: commonName, organization });
  }

  /** Makes the key and the request of an outside one. @throws credentials.authority.state, .unknown (caller) */
  async request(tx: Tx, id: string): Promise<DeviceAuthority> {
    const row = await this.#locked(tx, id, "draft");
    const { requestPem, keyPem } = await authorityRequest(row.common_name, row.organization);
    const sealed_key = this.#deps.vault.seal(keyPem, placeOf(id));
    return this.#change(tx, row, { state: "waiting", request_pem: requestPem, sealed_key });
  }

  /** The report about a chain, before it is installed. Nothing is kept. @throws credentials.authority.unknown (caller) */
  async inspect(id: string, chainPem: string, around: AuthoritySurroundings): Promise<AuthorityInspection> {
    const { requestPem } = await this.get(id);
    const upload = requestPem === null ? { chainPem } : { chainPem, requestPem };
    return inspectAuthority(upload, around, this.#deps.clock.now());
  }

  /** The report about the chain that it has; undefined before it has one. @throws credentials.authority.unknown (caller) */
  async inspectKept(id: string, around: AuthoritySurroundings): Promise<AuthorityInspection | undefined> {
    const { chainPem, kind } = await this.get(id);
    if (chainPem === null) return undefined;
    const inspection = await this.inspect(id, chainPem, around);
    const isOneTier = kind === "own" && blocksOf(chainPem).length === 1;
    return isOneTier ? withoutCompleteness(inspection) : inspection;
  }

  /** Takes the signed chain of an outside one. @throws credentials.authority.* (caller) */
  async install(tx: Tx, id: string, chainPem: string, around: AuthoritySurroundings): Promise<DeviceAuthority> {
    const row = await this.#locked(tx, id, "waiting", "ready");
    const upload = row.request_pem === null ? { chainPem } : { chainPem, requestPem: row.request_pem };
    const { certificates, members } = refuseFailedAuthority(inspectAuthority(upload, around, this.#deps.clock.now()));
    const chain_pem = certificates.map((one) => one.toString()).join("");
    const expires_at = new Date(Math.min(...members.map(({ validTo }) => validTo.getTime())));
    return this.#change(tx, row, { state: "ready", chain_pem, expires_at, warned_days: null });
  }

  /**
   * From now on it issues; the one before is retired. Certificates of others are due for replacement.
   * @returns it, and the one before
   * @throws credentials.authority.* (caller)
   */
  async use(
    tx: Tx,
    id: string,
    around: AuthoritySurroundings,
  ): Promise<{ readonly authority: DeviceAuthority; readonly before: DeviceAuthority }> {
    const row = await this.#locked(tx, id, "ready", "retired");
    const inspection = inspectAuthority({ chainPem: row.chain_pem ?? "" }, around, this.#deps.clock.now());
    const isOneTier = row.kind === "own" && row.chain_pem !== null && blocksOf(row.chain_pem).length === 1;
    refuseFailedAuthority(isOneTier ? withoutCompleteness(inspection) : inspection);
    return { before: await this.#retire(tx), authority: await this.#change(tx, row, { state: "in-use" }) };
  }

  /** One that was never in use. @throws credentials.authority.state, .unknown (caller) */
  async remove(tx: Tx, id: string): Promise<DeviceAuthority> {
    const row = await this.#locked(tx, id, "draft", "waiting", "ready");
    await this.#deps.store.remove(tx, id);
    return shown(row);
  }

  /** The one that issues now. */
  async current(): Promise<Signer> {
    return this.#signerOf(await this.#inUse());
  }

  /** One that is or was in use; undefined for any other. */
  async signer(id: string): Promise<Signer | undefined> {
    return this.#signers.get(id) ?? (await this.signers()).get(id);
  }

  /** Those that have issued, or may; by id. */
  async signers(): Promise<ReadonlyMap<string, Signer>> {
    const rows = (await this.#deps.store.all()).filter(({ state }) => state === "in-use" || state === "retired");
    return new Map(rows.map((row) => [row.id, this.#signerOf(row)]));
  }

  /**
   * Whether a device can use what the authority in use issues, before it is given anything.
   * @param who.rootBytes of a root that its store takes; absent where it need not hold the root
   * @throws credentials.authority.device-unsupported (device)
   */
  async refuseUnfit(who: {
    readonly device: string;
    readonly release: string;
    readonly rootBytes?: number;
  }): Promise<void> {
    const { chainPem } = await this.current();
    const certificates = blocksOf(chainPem).map((one) => new X509Certificate(one));
    const { members } = setupChainOf(certificates);
    const root = certificates.at(-1)?.raw.length ?? 0;
    const isLarge = who.rootBytes !== undefined && root > who.rootBytes;
    if (!isLarge && (who.release === "" || answerOf({ members }, who.release) !== "no")) return;
    const reason = isLarge
      ? `the root has ${root} bytes, and its store takes ${who.rootBytes}`
      : `release ${who.release} cannot use a key or a signature of the chain`;
    throw fail("credentials.authority.device-unsupported", { details: { device: who.device, reason } });
  }

  /** Those whose certificates need not be replaced. */
  async good(): Promise<ReadonlySet<string>> {
    const all = await this.list();
    const current = all.find(({ state }) => state === "in-use");
    return current === undefined ? new Set() : lineageOf(current.id, new Map(all.map((one) => [one.id, one])));
  }

  /** @param der of a certificate, as a device shows or holds it */
  async standingOf(der: Uint8Array): Promise<Standing> {
    const issuer = [...(await this.signers()).values()].find(({ authority }) => authority.hasSigned(der));
    if (issuer === undefined) return "foreign";
    return (await this.good()).has(issuer.id) ? "current" : "due";
  }

  /**
   * Replaces an own one that would soon cut the devices' certificates short: under its root while that lasts, and then nothing changes for
   * devices; else with a root of its own.
   * @returns the new one; undefined while none is due
   */
  async renew(tx: Tx): Promise<DeviceAuthority | undefined> {
    const { clock, vault, store } = this.#deps;
    const row = await store.inUse(tx);
    if (row === undefined || row.kind !== "own" || row.chain_pem === null || row.expires_at === null) return undefined;
    const now = clock.now();
    if (row.expires_at.getTime() - now > issuingRenewedBeforeMs) return undefined;
    const locked = await this.#locked(tx, row.id, "in-use");
    const name = `${row.name.replace(/ \(\d{4}-\d\d-\d\d\)$/, "")} (${new Date(now).toISOString().slice(0, 10)})`;
    const rootPem = blocksOf(row.chain_pem).at(-1) ?? "";
    const rootEnds = Date.parse(new X509Certificate(rootPem).validTo);
    if (locked.sealed_root_key === null || rootEnds - now < authorityDays * dayMs) {
      const made = await this.#createOwn(tx, name, "ready");
      await this.#retire(tx);
      return this.#change(tx, await this.#locked(tx, made.id, "ready"), { state: "in-use" });
    }
    const rootKey = vault.secretIn(locked.sealed_root_key, placeOfRoot(row.id)).open("sign");
    await this.#retire(tx);
    return this.#createOwn(tx, name, "in-use", { certificatePem: rootPem, keyPem: rootKey, renews: row.id });
  }

  /** Authorities whose end has come nearer than what was last said of it. What is returned counts as said. */
  async warnings(tx: Tx): Promise<readonly { readonly authority: DeviceAuthority; readonly days: number }[]> {
    const { store, clock } = this.#deps;
    const counts = await store.deviceCounts(tx);
    const all: { authority: DeviceAuthority; days: number }[] = [];
    for (const row of await store.all(tx)) {
      const matters = row.state === "in-use" || (row.state === "retired" && counts.has(row.id));
      const days = row.expires_at === null || !matters ? undefined : warningDue(row.expires_at, clock.now());
      if (days === undefined || (row.warned_days !== null && row.warned_days <= days)) continue;
      await store.change(tx, row.id, { warned_days: days });
      all.push({ authority: shown(row), days });
    }
    return all;
  }

  async #inUse(): Promise<DeviceAuthorityRow> {
    const row = await this.#deps.store.inUse();
    if (row === undefined) throw new Error("there is always an authority in use");
    return row;
  }

  /** What a row says of certificate and key never changes once it has signed. */
  #signerOf(row: DeviceAuthorityRow): Signer {
    const known = this.#signers.get(row.id);
    if (known !== undefined) return known;
    const { id, chain_pem: chainPem, sealed_key: sealed, expires_at: expiresAt } = row;
    if (chainPem === null || sealed === null || expiresAt === null) throw new Error(`authority ${id} cannot sign`);
    const certificates = blocksOf(chainPem);
    const authority = new Authority(certificates[0] ?? "", this.#deps.vault.secretIn(sealed, placeOf(id)));
    const constraints = nameConstraintsOf(certificates.map((one) => new X509Certificate(one)));
    const signer = { id, authority, chainPem, constraints, expiresAt };
    this.#signers.set(id, signer);
    return signer;
  }

  async #createFirst(tx: Tx): Promise<void> {
    await this.#createOwn(tx, firstName, "in-use");
  }

  /** The one of before there were several takes its place among them; its key is sealed to that. */
  async #adopt(tx: Tx, { certificatePem, keyPem, madeAt }: OldAuthority): Promise<void> {
    const { vault, store } = this.#deps;
    const row = this.#blank(firstName);
    const expires_at = new Date(new X509Certificate(certificatePem).validTo);
    const sealed_key = vault.seal(keyPem, placeOf(row.id));
    const adopted = {
      ...row,
      state: "in-use",
      chain_pem: certificatePem,
      sealed_key,
      expires_at,
      made_at: madeAt,
    } as const;
    if (!(await store.insert(adopted, tx))) return;
    await store.adopt(tx, row.id);
    for (const { fingerprint, certificate_pem, serial } of await store.managers(tx)) {
      if (serial !== null) continue;
      const { serialNumber, validFrom } = new X509Certificate(certificate_pem);
      const issued_at = new Date(validFrom);
      await store.changeManager(tx, fingerprint, { serial: serialNumber.toLowerCase(), issued_at });
    }
  }

  /** Two tiers, with a root of its own unless one is given. */
  async #createOwn(
    tx: Tx,
    name: string,
    state: "ready" | "in-use",
    given?: { readonly certificatePem: string; readonly keyPem: string; readonly renews: string },
  ): Promise<DeviceAuthority> {
    const { clock, vault, store } = this.#deps;
    const row = this.#blank(name);
    // Devices tell authorities apart by their names.
    const mark = row.id.slice(0, 8);
    const about = { organization: "Vigil" };
    const root =
      given ??
      (await newAuthority(
        { ...about, commonName: `Vigil Device Root ${mark}`, days: rootDays, pathLength: 1 },
        clock.now(),
      ));
    const commonName = `Vigil Device Authority ${mark}`;
    const content = { ...about, commonName, days: authorityDays, pathLength: 0 };
    const issuing = await newAuthority(content, clock.now(), root);
    const made: DeviceAuthorityRow = {
      ...row,
      state,
      common_name: commonName,
      chain_pem: `${issuing.certificatePem}\n${root.certificatePem}\n`,
      sealed_key: vault.seal(issuing.keyPem, placeOf(row.id)),
      sealed_root_key: vault.seal(root.keyPem, placeOfRoot(row.id)),
      expires_at: new Date(new X509Certificate(issuing.certificatePem).validTo),
      renews: given?.renews ?? null,
    };
    // At the first start another server of the same database may have been quicker: then its authority stays.
    if (!(await store.insert(made, tx)) && state === "ready") throw taken(name);
    return shown(made);
  }

  async #insert(tx: Tx, row: DeviceAuthorityRow): Promise<DeviceAuthority> {
    if (!(await this.#deps.store.insert(row, tx))) throw taken(row.name);
    return shown(row);
  }

  #blank(name: string): DeviceAuthorityRow {
    const at = new Date(this.#deps.clock.now());
    return {
      id: randomUUID(),
      name,
      kind: "own",
      state: "draft",
      common_name: "Vigil Device Authority",
      organization: "Vigil",
      chain_pem: null,
      request_pem: null,
      sealed_key: null,
      sealed_root_key: null,
      renews: null,
      expires_at: null,
      warned_days: null,
      made_at: at,
      changed_at: at,
    };
  }

  async #retire(tx: Tx): Promise<DeviceAuthority> {
    const row = await this.#deps.store.inUse(tx);
    if (row === undefined) throw new Error("there is always an authority in use");
    return this.#change(tx, row, { state: "retired" });
  }

  async #locked(tx: Tx, id: string, ...states: readonly AuthorityState[]): Promise<DeviceAuthorityRow> {
    const row = await this.#deps.store.locked(tx, id);
    if (row === undefined) throw fail("credentials.authority.unknown", { details: { id } });
    if (!states.includes(row.state)) {
      throw fail("credentials.authority.state", { details: { authority: row.name, state: row.state, needed: states } });
    }
    return row;
  }

  async #change(tx: Tx, row: DeviceAuthorityRow, values: Partial<DeviceAuthorityRow>): Promise<DeviceAuthority> {
    const changed_at = new Date(this.#deps.clock.now());
    await this.#deps.store.change(tx, row.id, { ...values, changed_at });
    return shown({ ...row, ...values, changed_at });
  }
}

/** SubjectPublicKeyInfo, DER. @param keyPem of the private key */
export function publicKeyIn(keyPem: string): Uint8Array {
  return new Uint8Array(createPublicKey(keyPem).export({ type: "spki", format: "der" }));
}

/** A single tier is its own root, and was good when it was made. */
function withoutCompleteness(inspection: AuthorityInspection): AuthorityInspection {
  const checks = inspection.checks.filter(({ id }) => id !== "complete");
  const worst = (["fail", "warn"] as const).find((verdict) => checks.some((one) => one.verdict === verdict));
  return { ...inspection, checks, verdict: worst ?? "pass" };
}

function taken(name: string): Error {
  return fail("credentials.authority.taken", { details: { name } });
}

function placeOf(id: string): Place {
  return { table: "device_authorities", row: id };
}

function placeOfRoot(id: string): Place {
  return { table: "device_authorities", row: `${id}/root` };
}

function shown(row: DeviceAuthorityRow): DeviceAuthority {
  const { id, name, kind, state, organization, renews } = row;
  return {
    id,
    name,
    kind,
    state,
    commonName: row.common_name,
    organization,
    chainPem: row.chain_pem,
    requestPem: row.request_pem,
    renews,
    expiresAt: row.expires_at,
    madeAt: row.made_at,
    changedAt: row.changed_at,
  };
}
