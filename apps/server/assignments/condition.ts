import ipaddr from "ipaddr.js";
import type { Condition, ConditionVerdict, Evidence } from "@vigil/api/resources/assignments.ts";
import { fits } from "./glob.ts";

/** Characters of what a condition asks for that a trace keeps: traces lie beside every device. */
const mostShown = 120;

/**
 * What a condition says about that evidence. Where nothing is known of what it looks at, it neither holds nor fails: who reads the trace sees
 * what is missing.
 */
export function verdictOf(condition: Condition, evidence: Evidence): ConditionVerdict {
  const found = foundBy(condition, evidence);
  const verdict =
    found === null ? "unknown" : condition.values.some((value) => holds(condition, value, found)) ? "holds" : "fails";
  return { on: condition.on, fact: condition.fact ?? null, wanted: wantedBy(condition), found, verdict };
}

/** Why a condition makes no sense; undefined when it does. */
export function problemWith(condition: Condition): string | undefined {
  const { on, fact, values } = condition;
  if (on === "fact" && fact === undefined) return "A condition on a fact has to say on which";
  if (on !== "fact" && fact !== undefined) return `A condition on ${on} has no fact`;
  const wrong = values.find((value) => !isValue[on](value));
  return wrong === undefined ? undefined : `"${wrong}" is no ${valueNames[on]}`;
}

/** Six groups with colons, lower case; undefined when it is no MAC address. */
export function macFrom(text: string): string | undefined {
  const digits = text.toLowerCase().replaceAll(/[:.\s-]/g, "");
  return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) ?? []).join(":") : undefined;
}

/** Lower case with dashes; undefined when it is no uuid. */
export function uuidFrom(text: string): string | undefined {
  const uuid = text
    .trim()
    .toLowerCase()
    .replace(/^\{(.*)\}$/, "$1");
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(uuid) ? uuid : undefined;
}

/** Lower case, without the root's dot. */
export function domainFrom(text: string): string {
  return text.toLowerCase().replace(/^\.|\.$/g, "");
}

/** Labels of letters, digits and dashes. @source RFC 1123 section 2.1, RFC 1035 section 2.3.4 */
export function isDomain(text: string): boolean {
  const labels = domainFrom(text).split(".");
  return labels.length > 0 && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}

const valueNames = {
  uuid: "uuid",
  mac: "MAC address",
  serial: "serial number",
  subnet: "subnet such as 10.2.0.0/16 or 2001:db8::/48",
  dnsSuffix: "domain",
  release: "release such as 16, 16.1, >=15 or <16.1",
  fact: "value",
} as const satisfies Readonly<Record<Condition["on"], string>>;

const isValue = {
  uuid: (value) => uuidFrom(value) !== undefined,
  mac: (value) => macFrom(value) !== undefined,
  serial: (value) => value.trim() !== "",
  subnet: (value) => ipaddr.isValidCIDR(value),
  dnsSuffix: isDomain,
  release: (value) => /^(>=|<)?\d{1,3}(\.\d{1,5}){0,3}$/.test(value),
  fact: (value) => value.trim() !== "",
} as const satisfies Readonly<Record<Condition["on"], (value: string) => boolean>>;

function foundBy({ on, fact }: Condition, evidence: Evidence): string | null {
  switch (on) {
    case "uuid":
      return evidence.uuid;
    case "mac":
      return evidence.mac;
    case "serial":
      return evidence.serialNumber;
    case "subnet":
      return evidence.address;
    case "dnsSuffix":
      return evidence.dnsSuffix;
    case "release":
      return evidence.release;
    case "fact":
      return evidence.facts[fact ?? ""] ?? null;
    default:
      return on satisfies never;
  }
}

function holds({ on }: Condition, value: string, found: string): boolean {
  switch (on) {
    case "uuid":
      return uuidFrom(value) === uuidFrom(found);
    case "mac":
      return macFrom(value) === macFrom(found);
    case "serial":
    case "fact":
      return fits(found, value);
    case "subnet":
      return isWithin(found, value);
    case "dnsSuffix":
      return isBelow(domainFrom(found), domainFrom(value));
    case "release":
      return isRelease(found, value);
    default:
      return on satisfies never;
  }
}

function isWithin(address: string, subnet: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address that came in over an IPv6 socket counts as what it is.
  const one = ipaddr.process(address);
  const [network, bits] = ipaddr.parseCIDR(subnet);
  return one.kind() === network.kind() && one.match(network, bits);
}

function isBelow(domain: string, other: string): boolean {
  return domain === other || domain.endsWith(`.${other}`);
}

function isRelease(found: string, value: string): boolean {
  const [, sign = "", wanted = ""] = /^(>=|<)?(.*)$/.exec(value) ?? [];
  const have = found.split(".").map(Number);
  const want = wanted.split(".").map(Number);
  if (sign === "") return want.every((part, index) => have[index] === part);
  const isBefore = compareParts(have, want) < 0;
  return sign === "<" ? isBefore : !isBefore;
}

/** What is missing counts as 0. */
function compareParts(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function wantedBy({ values }: Condition): string {
  const all = values.join(", ");
  return all.length <= mostShown ? all : `${all.slice(0, mostShown)}… (${values.length} in all)`;
}
