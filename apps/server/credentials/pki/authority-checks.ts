import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import { KeyUsageFlags, KeyUsagesExtension, X509Certificate as Parsed } from "@peculiar/x509";
import type { credentialErrors } from "../errors.ts";
import { clientAuthentication } from "./device-certificate.ts";
import { keyText, longestChain, takesKey, takesSignature, type Answer } from "./firmware-rules.ts";
import { clientSetup, serverAuthentication, setupUnit } from "./leaf-checks.ts";
import type { NameConstraints } from "./name-constraints.ts";
import type { Member } from "./setup-chain.ts";

export type AuthorityCode = keyof typeof credentialErrors & `credentials.authority.${string}`;

/** What one rule says about the chain of an authority. */
export interface AuthorityCheck {
  readonly id: string;
  /** A warning refuses nothing. */
  readonly verdict: "pass" | "warn" | "fail";
  readonly found: string;
  readonly expected: string;
  /** What to do; empty when there is nothing to do. */
  readonly next: string;
  /** Of a failed check. */
  readonly code: AuthorityCode | null;
}

/** The chain of an authority: the issuing certificate first, the root last. */
export interface AuthorityChain {
  readonly certificates: readonly X509Certificate[];
  readonly members: readonly Member[];
  readonly isComplete: boolean;
}

/** The devices that are there, by release. */
export interface FleetKind {
  /** Null before a device has told. */
  readonly release: string | null;
  readonly devices: number;
  /** One of them. */
  readonly example: string;
}

const anyUsage = "2.5.29.37.0";
/** What a device's certificate and the one below it take, measured: 1,230 bytes with a long name and a list's address. */
const leafBytes = 1_300;
/** @source Intel AMT Implementation and Reference Guide, AMT_PublicKeyCertificate.X509Certificate; for a chain UNVERIFIED */
const chainBytes = 4_100;
/** UNVERIFIED: the virtual device's, which a device says in its capabilities. */
const rootBytes = 1_500;
const dayMs = 86_400_000;
/** Devices' certificates last two years and are renewed a month ahead; shorter ones mean more renewals. */
const comfortableDays = 760;

export function passed(id: string, found: string, expected: string): AuthorityCheck {
  return { id, verdict: "pass", found, expected, next: "", code: null };
}

/** Setup certificates are another kind: they open devices, and vouch for nobody. */
export function purpose({ members: [issuing] }: AuthorityChain): AuthorityCheck {
  const expected = "the certificate of an authority";
  const { usages = [], units = [], isAuthority = false, subject = "" } = issuing ?? {};
  const isForSetup = usages.includes(clientSetup) || units.some((unit) => unit === setupUnit);
  if (isAuthority && !isForSetup) return passed("purpose", `${subject} is an authority`, expected);
  return {
    id: "purpose",
    verdict: "fail",
    found: isForSetup ? `${subject} is a setup certificate` : `${subject} is no authority's certificate`,
    expected,
    next: isForSetup
      ? "Add it among the setup certificates; here goes what your authority made of Vigil's request"
      : "Have it signed as a subordinate authority: basic constraints CA, critical",
    code: isForSetup ? "credentials.authority.for-setup" : "credentials.authority.not-an-authority",
  };
}

export function complete({ members, isComplete }: AuthorityChain): AuthorityCheck {
  const expected = "every issuer, the root included";
  const last = members.at(-1);
  if (isComplete && members.length > 1) return passed("complete", `ends at ${last?.subject}`, expected);
  return {
    id: "complete",
    verdict: "fail",
    found: isComplete ? "the certificate signed itself" : `ends at ${last?.subject}, whose issuer is not in it`,
    expected,
    next: isComplete ? "Have your authority sign Vigil's request" : `Add the certificate of ${last?.issuer}`,
    code: "credentials.authority.incomplete",
  };
}

/** Firmware follows so many, and each authority says how many may stand below it. @source RFC 5280, 4.2.1.9; protocols C.6 */
export function depth({ members }: AuthorityChain): AuthorityCheck {
  const expected = `at most ${longestChain} certificates from device to root, and no path length that is exceeded`;
  const all = members.length + 1;
  const deep = members.find(({ pathLength }, index) => pathLength !== null && index > pathLength);
  if (all <= longestChain && deep === undefined)
    return passed("depth", `${all} certificates with a device's`, expected);
  const found =
    deep === undefined
      ? `${all} certificates with a device's`
      : `${deep.subject} allows ${deep.pathLength} authorities below it, and ${members.indexOf(deep)} are`;
  const next =
    deep === undefined
      ? "Have it signed by an authority that is nearer to the root"
      : "Have it signed by an authority whose path length leaves room for one more";
  return { id: "depth", verdict: "fail", found, expected, next, code: "credentials.authority.too-long" };
}

/** Each may sign certificates; ours lists of revoked ones as well; none is limited to purposes that leave out TLS. */
export function usage({ certificates, members }: AuthorityChain): AuthorityCheck {
  const expected =
    "key usage keyCertSign, for the first cRLSign too; no extended usage, or server and client authentication";
  const wrong = certificates.flatMap((certificate, index) => {
    const { subject = "", isAuthority = false, usages = [] } = members[index] ?? {};
    if (!isAuthority) return [`${subject} is no authority's certificate`];
    const flags = new Parsed(Buffer.from(certificate.raw)).getExtension(KeyUsagesExtension)?.usages;
    const may = (flag: number): boolean => flags === undefined || (flags & flag) !== 0;
    const isRoot = index === certificates.length - 1;
    return [
      ...(may(KeyUsageFlags.keyCertSign) ? [] : [`${subject} may not sign certificates`]),
      ...(index > 0 || may(KeyUsageFlags.cRLSign) ? [] : [`${subject} may not sign revocation lists`]),
      ...(isRoot || isForTls(usages) ? [] : [`${subject} is limited to ${usages.join(", ")}`]),
    ];
  });
  if (wrong.length === 0) return passed("usage", "all of them may", expected);
  const next = "Have Vigil's request signed with the extensions that stand in it";
  const code = "credentials.authority.not-an-authority";
  return { id: "usage", verdict: "fail", found: wrong.join("; "), expected, next, code };
}

function isForTls(usages: readonly string[]): boolean {
  if (usages.length === 0 || usages.includes(anyUsage)) return true;
  return usages.includes(serverAuthentication) && usages.includes(clientAuthentication);
}

/** What no release at all can use; which of those that are there cannot, `releases` says. */
export function keys({ members }: AuthorityChain): AuthorityCheck {
  const expected = "RSA of 2048 to 4096 bits, signed with SHA-256 or SHA-384";
  const newest = "19.0";
  const wrong = members.filter(({ key, signature }, index) => {
    const isRoot = index === members.length - 1;
    // SHA-1 below the root is refused by everybody who would check it today.
    const isWeak = !isRoot && signature === "RSA-SHA1";
    return takesKey(key, newest) === "no" || isWeak || (!isRoot && takesSignature(signature, newest) === "no");
  });
  const kinds = members.map(({ key, signature }) => `${keyText(key)}, ${signature}`).join("; ");
  if (wrong.length === 0) return passed("keys", kinds, expected);
  return {
    id: "keys",
    verdict: "fail",
    found: wrong.map(({ subject, key, signature }) => `${subject} has ${keyText(key)}, ${signature}`).join("; "),
    expected,
    next: "Choose an authority with an RSA key of 2048 bits or more, and SHA-256",
    code: "credentials.authority.unsupported",
  };
}

/** Each release that is there. @param fleet devices by release */
export function releases(chain: AuthorityChain, fleet: readonly FleetKind[]): AuthorityCheck {
  const expected = "every release in the fleet can use the keys and signatures of the chain";
  const known = [...releasesIn(fleet)];
  const answers = known.map(([release, kinds]) => ({ release, kinds, answer: answerOf(chain, release) }));
  const text = (answer: Answer): string =>
    answers
      .filter((one) => one.answer === answer)
      .map(({ release, kinds }) => {
        const count = kinds.reduce((sum, { devices }) => sum + devices, 0);
        return `release ${release}: ${count === 1 ? "1 device" : `${count} devices`}, e.g. ${kinds[0]?.example}`;
      })
      .join("; ");
  if (text("no") !== "") {
    const next = "Update or leave out those devices, or choose an authority with RSA 2048 and SHA-256 throughout";
    const code = "credentials.authority.release-unsupported";
    return { id: "releases", verdict: "fail", found: `not by ${text("no")}`, expected, next, code };
  }
  if (text("unknown") !== "") {
    const next = "No source says whether they can: try it on one device of each first";
    return { id: "releases", verdict: "warn", found: `perhaps by ${text("unknown")}`, expected, next, code: null };
  }
  const found =
    known.length === 0 ? "no device has said its release" : `releases ${known.map(([one]) => one).join(", ")}`;
  return passed("releases", found, expected);
}

/** By the first number of the release. */
function releasesIn(fleet: readonly FleetKind[]): ReadonlyMap<string, readonly FleetKind[]> {
  const known = fleet.filter(({ release }) => release !== null && release !== "");
  const groups = Map.groupBy(known, ({ release }) => release?.split(".")[0] ?? "");
  return new Map([...groups].sort(([one], [other]) => Number(one) - Number(other)));
}

/** Whether firmware of that release can use every key and signature of the chain; the root's own signature nobody checks. */
export function answerOf({ members }: Pick<AuthorityChain, "members">, release: string): Answer {
  const answers = members.flatMap(({ key, signature }, index) => [
    takesKey(key, release),
    ...(index === members.length - 1 ? [] : [takesSignature(signature, release)]),
  ]);
  if (answers.includes("no")) return "no";
  return answers.includes("unknown") ? "unknown" : "yes";
}

/** What a device's store is known to hold. A chain that is too large stays with Vigil; the device shows its own certificate. */
export function size({ certificates }: AuthorityChain): AuthorityCheck {
  const expected = `${chainBytes} bytes for the chain without its root, ${rootBytes} for the root`;
  const chain = certificates.slice(0, -1).reduce((sum, { raw }) => sum + raw.length, leafBytes);
  const root = certificates.at(-1)?.raw.length ?? 0;
  const found = `about ${chain} bytes, and ${root} for the root`;
  if (chain <= chainBytes && root <= rootBytes) return passed("size", found, expected);
  const next =
    root > rootBytes
      ? "Devices may not hold the root: mutual TLS is refused on those whose store is smaller"
      : "Devices will show their own certificate only: others than Vigil need its issuers from elsewhere";
  return { id: "size", verdict: "warn", found, expected, next, code: null };
}

/** @param domains in which devices are @param needed names that each certificate, or Vigil's own, bears in any case */
export function constraints(
  { text, allowsHost }: NameConstraints,
  domains: readonly string[],
  needed: readonly string[],
): AuthorityCheck {
  const expected = `the authorities may vouch for ${[...domains, ...needed].join(", ")}`;
  if (text === "") return passed("constraints", "no name constraints", expected);
  const forbidden = [...domains.map((domain) => `device.${domain}`), ...needed].filter((name) => !allowsHost(name));
  if (forbidden.length === 0) return passed("constraints", text, expected);
  const next = "Have those domains permitted, or choose an authority without name constraints";
  const code = "credentials.authority.constraints";
  return { id: "constraints", verdict: "fail", found: `${text}: not ${forbidden.join(", ")}`, expected, next, code };
}

export function dates({ members }: AuthorityChain, now: number): AuthorityCheck {
  const expected = "all of them valid now, and for two years";
  const wrong = members.find(({ validFrom, validTo }) => validFrom.getTime() > now || validTo.getTime() <= now);
  if (wrong !== undefined) {
    const found = `${wrong.subject} is valid from ${dayOf(wrong.validFrom)} to ${dayOf(wrong.validTo)}`;
    const next = "Have it renewed, or check the server's clock";
    return { id: "dates", verdict: "fail", found, expected, next, code: "credentials.authority.expired" };
  }
  const end = Math.min(...members.map(({ validTo }) => validTo.getTime()));
  const days = Math.floor((end - now) / dayMs);
  const found = `valid until ${dayOf(new Date(end))}`;
  if (days >= comfortableDays) return passed("dates", found, expected);
  const next = "Devices' certificates will end with it: have a longer one signed";
  return { id: "dates", verdict: "warn", found: `${found}: ${days} days`, expected, next, code: null };
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
