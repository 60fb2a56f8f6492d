import { mostFacts, type Assignment, type Explanation } from "@vigil/api/resources/assignments.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Credentials } from "../credentials/credentials.ts";
import type { DeviceRecord, Devices } from "../devices/devices.ts";
import type { Profile, Profiles } from "../profiles/profiles.ts";
import { asksFor, decide, type Ask, type Evidence, type Said } from "./assignment.ts";
import { AssignmentsStore, type CurrentName } from "./assignments.store.ts";
import { macFrom } from "./condition.ts";
import { Entries } from "./entries.ts";
import { fail } from "./errors.ts";
import { isHostName } from "./host-name.ts";
import {
  changesBetween,
  fieldWords,
  fullNameOf,
  invalid,
  nothing,
  outcomeOf,
  problemOf,
  taken,
  type AssignedChange,
} from "./outcome.ts";
import { Rules } from "./rules.ts";
import { askWebhook, type Purpose } from "./webhook.ts";

export { assignmentsErrors } from "./errors.ts";
export interface AssignmentsDeps {
  readonly postgres: Postgres;
  readonly devices: Devices;
  readonly profiles: Profiles;
  readonly credentials: Credentials;
  readonly audit: Audit;
  readonly clock: Clock;
}

export type { AssignedChange } from "./outcome.ts";

/** What a device gets, whole: what nothing else says is its profile's. */
export interface Assigned {
  readonly profile: Profile;
  readonly hostName: string;
  readonly domainName: string;
  readonly organizationalUnit: string;
  /** The device has not been found to bear its name yet. */
  readonly isNameNew: boolean;
}

export interface DecideOptions {
  /** Where the device is, when that is known better than the registry does. */
  readonly address?: string;
  readonly signal: AbortSignal;
  /** Who asked for it; "vigil" unless said otherwise. */
  readonly actor?: string;
  /** Goes with the decision, in its transaction. */
  readonly also?: (tx: Tx, changes: readonly AssignedChange[]) => Promise<void>;
}

/** What a device's agent tells that firmware may not have told yet. */
const knownFacts = { mac: "mac", serialNumber: "serial", dnsSuffix: "dns.suffix" } as const;
/** Names of one device that are shown. */
const mostNames = 50;

/**
 * Which host name, domain, organizational unit and profile a device gets, by what is known of it, and why.
 *
 * A device is decided about when it is set up, when its facts change, and when somebody asks; in between the decision stands, whatever becomes of
 * the rules. What the decision leaves open is the profile's, as that stands at the moment.
 */
export class Assignments {
  readonly #deps: AssignmentsDeps;
  readonly #store: AssignmentsStore;
  readonly rules: Rules;
  readonly entries: Entries;

  constructor(deps: AssignmentsDeps) {
    this.#deps = deps;
    this.#store = new AssignmentsStore(deps.postgres);
    this.rules = new Rules({ ...deps, store: this.#store });
    this.entries = new Entries({ ...deps, store: this.#store });
  }

  /** What the device would get by what is known at once: no webhook is asked, and nothing is stored. */
  async likely(
    uuid: string,
    address: string,
    tx?: Tx,
  ): Promise<{ readonly profile: Profile; readonly domainName: string }> {
    const { devices, profiles } = this.#deps;
    const record = await devices.get(uuid, tx);
    const evidence = await this.#evidenceOf(record, address, tx);
    const { given } = await this.#say(evidence, undefined, tx);
    const profile = await profiles.named(given.profile?.value ?? (await this.#ownProfile(record, tx)), tx);
    return { profile, domainName: given.domainName?.value ?? profile.general.domainName };
  }

  /** What somebody has to ask the device for before it is decided about, since nobody has told it. */
  async wanted(uuid: string, profile: Profile): Promise<{ readonly mac: boolean; readonly serialNumber: boolean }> {
    const record = await this.#deps.devices.get(uuid);
    const evidence = await this.#evidenceOf(record, record.address);
    const rules = asksFor((await this.#store.rules()).rules);
    const entries = await this.#store.entryKeys();
    const isInName = profile.general.hostNameRule.includes("{serial}");
    return {
      mac: evidence.mac === null && (rules.mac || entries.mac),
      serialNumber: evidence.serialNumber === null && (rules.serialNumber || entries.serialNumber || isInName),
    };
  }

  /**
   * Decides about a device, and keeps the decision with its trace.
   * @throws devices.unknown, assignments.profile.unknown, assignments.host-name.*, assignments.webhook.secret-missing (caller), assignments.webhook.* (network)
   */
  async decide(uuid: string, { address, signal, actor = "vigil", also }: DecideOptions): Promise<Assigned> {
    const { postgres, devices, clock } = this.#deps;
    const record = await devices.get(uuid);
    const evidence = await this.#evidenceOf(record, address ?? record.address);
    const { given, considered, failure, version } = await this.#say(evidence, this.#asker("decide", signal));
    if (failure !== undefined) throw failure;
    const profile = await this.#profileFor(record, given);
    const outcome = outcomeOf(given, profile, evidence);
    const explanation: Explanation = {
      evidence,
      outcome,
      considered: [...considered],
      rulesVersion: version,
      problem: null,
    };
    return postgres.transaction(async (tx) => {
      const before = await this.#store.decision(uuid, tx);
      const named = await this.#claim(tx, uuid, outcome);
      const changes = changesBetween(before?.explanation, explanation);
      await this.#store.putDecision(tx, uuid, { given, explanation, decidedAt: new Date(clock.now()) });
      if (record.profile !== profile.name) {
        await devices.noteFacts(tx, uuid, { profile: profile.name, profileVersion: null });
      }
      if (changes.length > 0) await this.#noteDecision(tx, { actor, device: uuid }, changes, explanation);
      await also?.(tx, changes);
      return assignedOf(profile, outcome, named);
    });
  }

  /** What was decided, with what its profile says now; a device that was never decided about is. @throws as decide() */
  async settled(uuid: string, options: DecideOptions): Promise<Assigned> {
    const stored = await this.#store.decision(uuid);
    if (stored === undefined) return this.decide(uuid, options);
    const { devices, profiles, postgres } = this.#deps;
    const record = await devices.get(uuid);
    const profile = await profiles.named(record.profile);
    const outcome = outcomeOf(stored.given, profile, await this.#evidenceOf(record, record.address));
    return assignedOf(profile, outcome, await postgres.transaction((tx) => this.#claim(tx, uuid, outcome)));
  }

  /** What was decided last, for a device that leaves: it claims no name. */
  async last(uuid: string): Promise<Assigned> {
    const { devices, profiles } = this.#deps;
    const record = await devices.get(uuid);
    const profile = await profiles.named(record.profile);
    const given = (await this.#store.decision(uuid))?.given ?? {};
    const outcome = outcomeOf(given, profile, await this.#evidenceOf(record, record.address), "lenient");
    return assignedOf(profile, outcome, { writtenAt: record.provisionedAt });
  }

  /** The device was found to bear that name. @returns false when another was decided on in the meantime: that is still to be written */
  noteWritten(tx: Tx, uuid: string, borne: Pick<Assigned, "hostName" | "domainName">): Promise<boolean> {
    return this.#store.nameWritten(tx, { device: uuid, ...borne }, new Date(this.#deps.clock.now()));
  }

  /**
   * What a device would get, and why: a known one, a made-up one, or a known one with other evidence. Webhooks are asked; nothing is stored.
   * @throws devices.unknown (caller)
   */
  async explain(
    { device, evidence: other }: { readonly device?: string; readonly evidence?: Partial<Evidence> },
    signal: AbortSignal,
  ): Promise<Explanation> {
    const record = device === undefined ? undefined : await this.#deps.devices.get(device);
    const known = record === undefined ? nothing : await this.#evidenceOf(record, record.address);
    const evidence = { ...known, ...other, facts: { ...known.facts, ...other?.facts } };
    const { given, considered, failure, version } = await this.#say(evidence, this.#asker("explain", signal));
    const base = { evidence, considered: [...considered], rulesVersion: version };
    try {
      const profile = await this.#profileFor(record, given);
      const outcome = outcomeOf(given, profile, evidence, "lenient");
      if (failure !== undefined) return { ...base, outcome, problem: problemOf(failure) };
      return { ...base, outcome, problem: await this.#problemWith(evidence.uuid, outcome) };
    } catch (error) {
      const profile = await this.#deps.profiles.named(null);
      const { profile: _, ...others } = given;
      return { ...base, outcome: outcomeOf(others, profile, evidence, "lenient"), problem: problemOf(error) };
    }
  }

  /** @throws devices.unknown (caller) */
  async show(uuid: string): Promise<Assignment> {
    await this.#deps.devices.get(uuid);
    const [decision, facts, hostNames] = await Promise.all([
      this.#store.decision(uuid),
      this.#store.facts(uuid),
      this.#store.names(uuid, mostNames),
    ]);
    return {
      device: uuid,
      decidedAt: decision?.decidedAt.toISOString() ?? null,
      decision: decision?.explanation ?? null,
      facts,
      hostNames,
    };
  }

  /** Takes back what was decided: its name is free for another device. @throws devices.unknown (caller) */
  async release(actor: string, uuid: string): Promise<void> {
    const { postgres, devices, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      await devices.get(uuid, tx);
      const name = await this.#store.currentName(uuid, tx);
      await this.giveUp(tx, uuid);
      const summary = `Took back what was decided for the device${name === undefined ? "" : `: ${name.hostName} is free`}`;
      await audit.write(tx, { actor, action: "assignment.released", device: uuid, summary });
    });
  }

  /** The device is no more ours: nothing is decided for it, and its name is free. The names that it has had stay in sight. */
  async giveUp(tx: Tx, uuid: string): Promise<void> {
    await this.#store.removeDecision(tx, uuid);
    await this.#store.endName(tx, uuid, new Date(this.#deps.clock.now()));
  }

  /** Nothing is kept of the device. */
  async forget(tx: Tx, uuid: string): Promise<void> {
    await this.#store.removeDecision(tx, uuid);
    await this.#store.removeNames(tx, uuid);
    await this.#store.removeFacts(tx, uuid);
  }

  /**
   * Notes what somebody inside the machine says about it; null takes a fact back. The device need not have been seen yet.
   * @param changed goes with it, in its transaction, when that is news @throws assignments.facts.too-many (caller)
   */
  async setFacts(
    actor: string,
    uuid: string,
    facts: Readonly<Record<string, string | null>>,
    changed: (tx: Tx) => Promise<void>,
  ): Promise<Readonly<Record<string, string>>> {
    const { postgres, devices, audit, clock } = this.#deps;
    return postgres.transaction(async (tx) => {
      const before = await this.#store.facts(uuid, tx);
      const news = Object.entries(facts).filter(([key, value]) => (before[key] ?? null) !== value);
      const all = Object.entries({ ...before, ...facts }).filter((pair): pair is [string, string] => pair[1] !== null);
      if (all.length > mostFacts)
        throw fail("assignments.facts.too-many", { details: { device: uuid, facts: all.length } });
      const after = Object.fromEntries(all);
      if (news.length === 0) return after;
      await this.#store.putFacts(tx, uuid, after, new Date(clock.now()));
      const keys = news.map(([key]) => key);
      const summary = `Told ${keys.length === 1 ? "a fact" : `${keys.length} facts`} about the device: ${keys.slice(0, 5).join(", ")}`;
      await audit.write(tx, { actor, action: "assignment.facts", device: uuid, summary, details: { facts: keys } });
      if ((await devices.lookUp(uuid, tx)) !== undefined) await changed(tx);
      return after;
    });
  }

  /** How many rules and entries give that profile. */
  async usesOf(profile: string): Promise<number> {
    const { rules } = await this.#store.rules();
    const inRules = rules.filter(({ outcome }) => outcome.profile === profile).length;
    return inRules + (await this.#store.entriesWithProfile(profile));
  }

  async #say(evidence: Evidence, ask: Ask | undefined, tx?: Tx): Promise<Said & { readonly version: number }> {
    const { rules, version } = await this.#store.rules(tx);
    const mac = evidence.mac === null ? null : (macFrom(evidence.mac) ?? null);
    const entries = await this.#store.entriesFor({ ...evidence, mac }, tx);
    return { ...(await decide({ evidence, entries, rules }, ask)), version };
  }

  #asker(purpose: Purpose, signal: AbortSignal): Ask {
    const { clock, credentials } = this.#deps;
    const deps = { clock, secretOf: (rule: string) => credentials.webhooks.of(rule) };
    return (rule, evidence) => askWebhook(deps, rule, evidence, { purpose, signal });
  }

  async #evidenceOf(record: DeviceRecord, address: string, tx?: Tx): Promise<Evidence> {
    const facts = await this.#store.facts(record.uuid, tx);
    return {
      uuid: record.uuid,
      address,
      mac: record.macAddress ?? macFrom(facts[knownFacts.mac] ?? "") ?? null,
      serialNumber: record.serialNumber ?? facts[knownFacts.serialNumber] ?? null,
      release: record.release,
      dnsSuffix: record.dnsSuffix?.suffix ?? facts[knownFacts.dnsSuffix] ?? null,
      facts,
    };
  }

  /** The profile of a device that no rule gives one: the one that it has, unless a rule gave that. */
  async #ownProfile(record: DeviceRecord | undefined, tx?: Tx): Promise<string | null> {
    if (record === undefined) return null;
    const before = await this.#store.decision(record.uuid, tx);
    return before?.given.profile === undefined ? record.profile : null;
  }

  /** @throws assignments.profile.unknown (caller) */
  async #profileFor(record: DeviceRecord | undefined, given: Said["given"]): Promise<Profile> {
    const { profiles } = this.#deps;
    const wanted = given.profile;
    if (wanted === undefined) return profiles.named(await this.#ownProfile(record));
    const profile = await profiles.named(wanted.value);
    if (profile.name === wanted.value) return profile;
    throw fail("assignments.profile.unknown", { details: { profile: wanted.value, from: wanted.from } });
  }

  /** Makes it the device's name. @throws assignments.host-name.taken (caller) */
  async #claim(tx: Tx, device: string, { hostName, domainName }: Explanation["outcome"]): Promise<CurrentName> {
    const wanted = { device, hostName: hostName.value, domainName: domainName.value };
    const current = await this.#store.currentName(device, tx);
    if (current?.hostName === wanted.hostName && current.domainName === wanted.domainName) return current;
    const since = new Date(this.#deps.clock.now());
    await this.#store.endName(tx, device, since);
    if (await this.#store.insertName(tx, { ...wanted, since })) return { ...wanted, writtenAt: null };
    const other = await this.#store.bearerOf(wanted, tx);
    throw taken(device, other, fullNameOf(wanted), hostName.from);
  }

  /** What would keep the device from being given this. */
  async #problemWith(uuid: string | null, outcome: Explanation["outcome"]): Promise<Explanation["problem"]> {
    const { hostName, domainName } = outcome;
    if (!isHostName(hostName.value)) return problemOf(invalid(uuid, hostName));
    const wanted = { hostName: hostName.value, domainName: domainName.value };
    const other = await this.#store.bearerOf(wanted);
    if (other === undefined || other === uuid) return null;
    return problemOf(taken(uuid, other, fullNameOf(wanted), hostName.from));
  }

  #noteDecision(
    tx: Tx,
    whose: { readonly actor: string; readonly device: string },
    changes: readonly AssignedChange[],
    { outcome }: Explanation,
  ): Promise<void> {
    const words = changes.map(
      ({ field, before, after }) => `${fieldWords[field]} ${before === "" ? "" : `${before} -> `}${after || "none"}`,
    );
    const details = Object.fromEntries(
      changes.map(({ field }) => [field, `${outcome[field].value} by ${outcome[field].from}`]),
    );
    const summary = `Decided: ${words.join(", ")}`;
    return this.#deps.audit.write(tx, { ...whose, action: "assignment.decided", summary, details });
  }
}

function assignedOf(
  profile: Profile,
  outcome: Explanation["outcome"],
  named: Pick<CurrentName, "writtenAt">,
): Assigned {
  return {
    profile,
    hostName: outcome.hostName.value,
    domainName: outcome.domainName.value,
    organizationalUnit: outcome.organizationalUnit.value,
    isNameNew: named.writtenAt === null,
  };
}
