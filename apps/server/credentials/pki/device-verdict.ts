import { firmwareRoots } from "./firmware-roots.ts";
import { keyText, takesKey, takesSha1Root, takesSignature, type Answer } from "./firmware-rules.ts";
import type { HostNames, RootHashes, SetupChain } from "./setup-chain.ts";

export type { Answer } from "./firmware-rules.ts";

/** A root hash in a hello. */
export interface TrustedHash {
  readonly algorithm: keyof RootHashes;
  /** Lower-case hex. */
  readonly hash: string;
}

/** Where a DNS suffix is known from, the surest first: an operator said so of the device; its profile's domain; the server's `--domain`. */
export type SuffixSource = "device" | "profile" | "server";

/** A DNS suffix that the device may compare with: DHCP's option 15, or what its MEBx holds. No hello tells it. */
export interface KnownSuffix {
  readonly suffix: string;
  readonly source: SuffixSource;
  /** When it was said; null when it is a setting that stands. */
  readonly at: Date | null;
}

/** What is known of a device that decides whether it accepts a certificate. */
export interface DeviceKnowledge {
  /** From its hello; null when none was kept. */
  readonly rootHashes: readonly TrustedHash[] | null;
  /** The surest first. */
  readonly suffixes: readonly KnownSuffix[];
  /** Null before anybody has talked to it. */
  readonly release: string | null;
}

/** One reason why, or why not. */
export interface Reason {
  readonly id: "root" | "name" | "release" | "dates";
  readonly answer: Answer;
  /** The certificate's side of it. */
  readonly found: string;
  /** The device's side of it. */
  readonly expected: string;
  readonly next: string;
}

/** Would this device accept this certificate? */
export interface DeviceVerdict {
  /** "no" if any reason says so, "yes" if all do. */
  readonly answer: Answer;
  readonly reasons: readonly Reason[];
}

/** @param now milliseconds since 1970 */
export function judge(chain: SetupChain, device: DeviceKnowledge, now: number): DeviceVerdict {
  const reasons = [
    root(chain, device.rootHashes, now),
    name(chain.names, device.suffixes),
    release(chain, device.release),
    dates(chain, now),
  ];
  const has = (answer: Answer): boolean => reasons.some((one) => one.answer === answer);
  return { answer: has("no") ? "no" : has("unknown") ? "unknown" : "yes", reasons };
}

/** Its root is one of those that the device listed. @source protocols C.6 */
function root({ rootHashes, rootSubject }: SetupChain, listed: DeviceKnowledge["rootHashes"], now: number): Reason {
  const found = `${rootSubject} (SHA-256 ${rootHashes.sha256})`;
  if (listed === null) {
    const expected = "its list of roots is not known: no hello was kept";
    return { id: "root", answer: "unknown", found, expected, next: "Have it say hello: cut its power for ten seconds" };
  }
  const hit = listed.find(({ algorithm, hash }) => rootHashes[algorithm] === hash);
  if (hit !== undefined) {
    const expected = `it lists that root (${hit.algorithm} ${hit.hash})`;
    return { id: "root", answer: "yes", found, expected, next: "" };
  }
  const known = listed.flatMap(({ hash }) => firmwareRoots.get(hash) ?? []);
  const valid = known.filter(({ expiresAt }) => expiresAt !== null && expiresAt > now);
  const others = listed.length - known.length;
  const ended = known.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now).length;
  const names = valid.slice(0, 5).flatMap((one) => one.name ?? []);
  const parts = [
    `it lists ${listed.length} roots, none of them this one`,
    ...(ended === 0 ? [] : [`expired: ${ended}`]),
    ...(others === 0 ? [] : [`not among those that are known of firmware: ${others}`]),
    ...(names.length === 0 ? [] : [`among the valid ones ${names.join(", ")}`]),
  ];
  const next =
    names.length > 0
      ? `Buy a setup certificate below one of ${names.join(", ")}, or enter this root's hash in its MEBx`
      : "Enter this root's hash in its MEBx, or update its firmware, which brings newer roots";
  return { id: "root", answer: "no", found, expected: parts.join("; "), next };
}

/** Its name lies in the device's domain. @source protocols C.5 */
function name(names: HostNames, suffixes: readonly KnownSuffix[]): Reason {
  const all = [...new Set([...names.common, ...names.alternative])];
  const found = all.join(", ");
  const [surest] = suffixes;
  if (surest === undefined) {
    const next = "Say which suffix its DHCP server gives it (option 15)";
    return { id: "name", answer: "unknown", found, expected: "its DNS suffix is not known", next };
  }
  const { suffix, source } = surest;
  const others = suffixes.filter((one) => one.suffix.toLowerCase() !== suffix.toLowerCase());
  const beside = others.map((one) => `; "${one.suffix}" by ${sourceTexts[one.source]}`).join("");
  const expected = `suffix "${suffix}" by ${sourceTexts[source]}${beside}`;
  if (names.common.some((one) => liesIn(one, suffix))) return { id: "name", answer: "yes", found, expected, next: "" };
  if (names.alternative.some((one) => liesIn(one, suffix))) {
    // No source says that firmware looks beyond the common name. UNVERIFIED.
    const next = "Only an alternative name lies in it; firmware may look at the common name alone";
    return { id: "name", answer: "unknown", found, expected, next };
  }
  const next = `No name of the certificate is "${suffix}" or ends in ".${suffix}": use a certificate for that domain, or correct option 15 of its DHCP server`;
  const isSure = source === "device" && !all.some((one) => sharesRegisteredDomain(one, suffix));
  return { id: "name", answer: isSure ? "no" : "unknown", found, expected, next };
}

const sourceTexts: Readonly<Record<SuffixSource, string>> = {
  device: "what was said of this device",
  profile: "its profile's domain",
  server: "the server's --domain",
};

/** Whether firmware of its release can use the keys and the signatures. @source firmware-rules.ts */
function release({ members }: SetupChain, is: string | null): Reason {
  const found = members.map(({ key, signature }) => `${keyText(key)} ${signature}`).join(", ");
  const plain = members.every(({ key }) => key.kind === "rsa" && key.bits === 2048);
  const sound = members.every(({ signature }) => signature === "RSA-SHA256" || signature === "RSA-SHA384");
  if (is === null) {
    const answer = plain && sound ? "yes" : "unknown";
    const next = answer === "yes" ? "" : "Its release is known once it is set up; try it on one device first";
    return { id: "release", answer, found, expected: "its release is not known yet", next };
  }
  const last = members.length - 1;
  const answers = members.flatMap(({ key, signature }, index): Answer[] => [
    takesKey(key, is),
    // A root that signed itself is trusted for its hash, whatever it is signed with; but see takesSha1Root.
    index === last ? (signature === "RSA-SHA1" && !takesSha1Root(is) ? "no" : "yes") : takesSignature(signature, is),
  ]);
  const answer = answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
  const next = answer === "yes" ? "" : "Use RSA 2048 with SHA-256 throughout, which every release can use";
  return { id: "release", answer, found, expected: `release ${is}`, next };
}

/** Vigil shows no device a certificate that is not valid, whether the device would notice or not. */
function dates({ startsAt, expiresAt }: SetupChain, now: number): Reason {
  const found = `valid from ${startsAt.toISOString().slice(0, 10)} to ${expiresAt.toISOString().slice(0, 10)}`;
  const isValid = startsAt.getTime() <= now && now <= expiresAt.getTime();
  const next = isValid ? "" : "Renew it";
  return { id: "dates", answer: isValid ? "yes" : "no", found, expected: "valid now, by the server's clock", next };
}

/** Compared label by label from the right, letter case aside; a leading `*` stands for one label. @source protocols C.5 */
function liesIn(hostName: string, suffix: string): boolean {
  const labels = labelsOf(hostName);
  const wanted = labelsOf(suffix);
  return wanted.length > 0 && labels.slice(-wanted.length).join(".") === wanted.join(".");
}

/**
 * From AMT 2.6 on, firmware is said to compare only the last two labels below .com and .net. UNVERIFIED for later releases.
 * @source an answer of an Intel engineer in the Open Port community, September 2007
 */
function sharesRegisteredDomain(hostName: string, suffix: string): boolean {
  const [host, domain] = [labelsOf(hostName).slice(-2), labelsOf(suffix).slice(-2)];
  return /^(com|net)$/.test(domain.at(-1) ?? "") && host.length === 2 && host.join(".") === domain.join(".");
}

function labelsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(".")
    .filter((label) => label !== "");
}
