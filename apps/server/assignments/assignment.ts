import {
  assignedFields,
  type AssignedField,
  type AssignmentEntry,
  type AssignmentOutcome,
  type AssignmentRule,
  type ConditionVerdict,
  type Considered,
  type Evidence,
} from "@vigil/api/resources/assignments.ts";
import { reportOf, VigilError } from "@vigil/base/errors.ts";
import { isDomain, macFrom, problemWith, verdictOf } from "./condition.ts";
import { nameFrom } from "./host-name.ts";

export type { AssignedField, AssignmentOutcome, Considered, Evidence };

/** A rule as it is stored. */
export type Rule = Omit<AssignmentRule, "hasSecret">;
/** One imported device. */
export type Entry = AssignmentEntry;

/** One field that something gave to the device. */
export interface Given {
  readonly value: string;
  /** "entry 17", "rule Branch offices" */
  readonly from: string;
}

/** What entries and rules say about one device; what none of them says is the profile's. */
export interface Said {
  readonly given: Readonly<Partial<Record<AssignedField, Given>>>;
  readonly considered: readonly Considered[];
  /** A webhook failed whose rule must not be passed over: what follows it was not considered. */
  readonly failure: VigilError | undefined;
}

/** Asks a rule's webhook. @throws VigilError */
export type Ask = (rule: Rule, evidence: Evidence) => Promise<AssignmentOutcome>;

/**
 * Entries come first, since each is about one machine; then the rules in their order. Of each field the first that says something about it has
 * its way. A rule whose webhook cannot add anything any more is not asked.
 * @param ask left out: nobody is asked, and what webhooks would say is left open
 */
export async function decide(
  {
    evidence,
    entries,
    rules,
  }: { readonly evidence: Evidence; readonly entries: readonly Entry[]; readonly rules: readonly Rule[] },
  ask?: Ask,
): Promise<Said> {
  const given: Partial<Record<AssignedField, Given>> = {};
  const considered: Considered[] = [];
  for (const entry of inOrder(entries, evidence)) {
    const conditions = keysOf(entry, evidence);
    const verdict = entryVerdict(conditions);
    const says = saysOf(entry);
    const gives = verdict === "matches" ? take(given, says, `entry ${entry.id}`) : [];
    considered.push({
      source: "entry",
      name: String(entry.id),
      verdict,
      conditions,
      webhook: null,
      says,
      lacks: [],
      gives,
    });
  }
  for (const rule of rules) {
    const { one, failure } = await consider(rule, evidence, given, ask);
    considered.push(one);
    if (failure !== undefined) return { given, considered, failure };
  }
  return { given, considered, failure: undefined };
}

/** Whether anything that may decide looks at what only the device itself can tell before it is set up. */
export function asksFor(rules: readonly Rule[]): { readonly mac: boolean; readonly serialNumber: boolean } {
  const on = rules.filter(({ isOn }) => isOn);
  const looksAt = (kind: "mac" | "serial"): boolean =>
    on.some(
      ({ conditions, outcome, webhook }) =>
        webhook !== null ||
        conditions.some((condition) => condition.on === kind) ||
        outcome.hostName?.includes(`{${kind}}`) === true,
    );
  return { mac: looksAt("mac"), serialNumber: looksAt("serial") };
}

/** Why a rule makes no sense; undefined when it does. */
export function problemWithRule({ conditions, outcome, webhook }: Omit<Rule, "id">): string | undefined {
  for (const condition of conditions) {
    const problem = problemWith(condition);
    if (problem !== undefined) return problem;
  }
  if (webhook !== null && !isPlainUrl(webhook.url)) return `${webhook.url} is no http or https address without a login`;
  if (webhook === null && Object.keys(outcome).length === 0) return "It neither says anything nor asks anybody";
  return problemWithOutcome(outcome);
}

/** Why an outcome makes no sense; undefined when it does. */
export function problemWithOutcome({
  hostName,
  domainName,
  organizationalUnit,
}: AssignmentOutcome): string | undefined {
  if (hostName !== undefined && !/^([A-Za-z0-9-]|\{(uuid|uuid8|serial|mac|fact:[A-Za-z0-9._-]+)\})+$/.test(hostName)) {
    return `"${hostName}" makes no host name: letters, digits, dashes, and {uuid}, {uuid8}, {serial}, {mac}, {fact:KEY}`;
  }
  if (domainName !== undefined && !isDomain(domainName)) return `"${domainName}" is no domain`;
  if (organizationalUnit !== undefined && !/^[A-Za-z]+=.+/.test(organizationalUnit)) {
    return `"${organizationalUnit}" is no distinguished name such as OU=Desks,DC=example,DC=com`;
  }
  return undefined;
}

/** An address without what follows its path: people put keys there. */
export function shownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}

async function consider(
  rule: Rule,
  evidence: Evidence,
  given: Partial<Record<AssignedField, Given>>,
  ask: Ask | undefined,
): Promise<{ readonly one: Considered; readonly failure?: VigilError }> {
  const conditions = rule.conditions.map((condition) => verdictOf(condition, evidence));
  const verdict = ruleVerdict(rule, conditions);
  const from = `rule ${rule.name}`;
  const base = { source: "rule" as const, name: rule.name, verdict, conditions };
  const passed = (webhook: Considered["webhook"]): Considered => ({
    ...base,
    webhook,
    says: rule.outcome,
    lacks: [],
    gives: [],
  });
  const notAsked = rule.webhook === null ? null : shownWebhook(rule.webhook.url, "not-asked", undefined);
  if (verdict !== "matches") return { one: passed(notAsked) };
  const isOpen = assignedFields.some((field) => given[field] === undefined);
  if (rule.webhook !== null && (ask === undefined || !isOpen)) return { one: passed(notAsked) };
  if (rule.webhook === null || ask === undefined) {
    const { says, lacks } = resolved(rule.outcome, evidence);
    return { one: { ...base, webhook: null, says: rule.outcome, lacks, gives: take(given, says, from) } };
  }
  try {
    const answer = await ask(rule, evidence);
    const { says, lacks } = resolved({ ...rule.outcome, ...answer }, evidence);
    const webhook = shownWebhook(rule.webhook.url, "answered", undefined);
    return { one: { ...base, webhook, says: { ...rule.outcome, ...answer }, lacks, gives: take(given, says, from) } };
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    const one = passed(shownWebhook(rule.webhook.url, "failed", error));
    return rule.webhook.onFailure === "next" ? { one } : { one, failure: error };
  }
}

function shownWebhook(
  url: string,
  result: "answered" | "failed" | "not-asked",
  error: VigilError | undefined,
): NonNullable<Considered["webhook"]> {
  const at = shownUrl(url);
  if (error === undefined) return { url: at, result, error: null };
  const { code, side, message, next, details } = reportOf(error);
  return { url: at, result, error: { code, side, message, next, details: { ...details } } };
}

/** Notes what nothing before has said. @returns those fields */
function take(given: Partial<Record<AssignedField, Given>>, says: AssignmentOutcome, from: string): AssignedField[] {
  const taken: AssignedField[] = [];
  for (const field of assignedFields) {
    const value = says[field];
    if (value === undefined || given[field] !== undefined) continue;
    given[field] = { value, from };
    taken.push(field);
  }
  return taken;
}

/** The outcome for that device. A host name that needs what is not known of it is left out. */
function resolved(
  outcome: AssignmentOutcome,
  evidence: Evidence,
): { readonly says: AssignmentOutcome; readonly lacks: string[] } {
  if (outcome.hostName === undefined) return { says: outcome, lacks: [] };
  const { name, lacks } = nameFrom(outcome.hostName, evidence);
  const { hostName: _, ...others } = outcome;
  return { says: lacks.length > 0 ? others : { ...others, hostName: name }, lacks: [...lacks] };
}

function ruleVerdict({ isOn }: Rule, conditions: readonly ConditionVerdict[]): Considered["verdict"] {
  if (!isOn) return "off";
  if (conditions.some(({ verdict }) => verdict === "fails")) return "differs";
  return conditions.some(({ verdict }) => verdict === "unknown") ? "unknown" : "matches";
}

/** One key that is the device's is enough; one that is another's speaks against it. */
function entryVerdict(keys: readonly ConditionVerdict[]): Considered["verdict"] {
  if (keys.some(({ verdict }) => verdict === "fails")) return "differs";
  return keys.some(({ verdict }) => verdict === "holds") ? "matches" : "unknown";
}

function keysOf(entry: Entry, evidence: Evidence): ConditionVerdict[] {
  const keys = [
    ["uuid", entry.uuid, evidence.uuid],
    ["mac", entry.mac, evidence.mac === null ? null : (macFrom(evidence.mac) ?? null)],
    ["serial", entry.serialNumber, evidence.serialNumber],
  ] as const;
  return keys.flatMap(([on, wanted, found]) => {
    if (wanted === null) return [];
    const isSame = wanted.toLowerCase() === found?.toLowerCase();
    return [
      { on, fact: null, wanted, found, verdict: found === null ? "unknown" : isSame ? "holds" : "fails" } as const,
    ];
  });
}

/** The entry with the device's uuid before one with its MAC address, and that before one with its serial number. */
function inOrder(entries: readonly Entry[], evidence: Evidence): Entry[] {
  const rank = (entry: Entry): number => {
    const at = keysOf(entry, evidence).find(({ verdict }) => verdict === "holds")?.on;
    return at === "uuid" ? 0 : at === "mac" ? 1 : 2;
  };
  return entries.toSorted((one, other) => rank(one) - rank(other) || one.id - other.id);
}

function saysOf({ profile, hostName, domainName, organizationalUnit }: Entry): AssignmentOutcome {
  return {
    ...(profile === null ? {} : { profile }),
    ...(hostName === null ? {} : { hostName }),
    ...(domainName === null ? {} : { domainName }),
    ...(organizationalUnit === null ? {} : { organizationalUnit }),
  };
}

/** A login in an address is seen by whoever sees the rule. */
function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
