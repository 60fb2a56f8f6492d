import { createHash, createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { fail } from "../errors.ts";
import type { LeafContent } from "./authority.ts";

const serverAuthentication = "1.3.6.1.5.5.7.3.1";
/** @source protocols C.6 */
const clientSetup = "2.16.840.1.113741.1.2.3";
/** Letter case counts. @source protocols C.6 */
const setupUnit = "Intel(R) Client Setup Certificate";
/** Leaf, two issuers and a root. @source protocols C.6, UNVERIFIED */
const longestChain = 4;
/** Chosen: renewed by itself, so it may be as short-lived as a bought one. */
const days = 730;

/** What there is to know about a setup certificate without its key. */
export interface SetupChain {
  /** Leaf first, root last. */
  readonly chainPem: string;
  readonly subject: string;
  readonly rootSubject: string;
  /** SHA-256 of the leaf, lower-case hex: no chain is kept twice. */
  readonly fingerprint: string;
  /** What a device may list of the root, lower-case hex. */
  readonly rootHashes: RootHashes;
  /** When the first certificate of the chain expires. */
  readonly expiresAt: Date;
}

export interface RootHashes {
  readonly sha1: string;
  readonly sha256: string;
  readonly sha384: string;
}

/** What the leaf of our own setup certificate says. @param domainSuffix in which the devices are */
export function ownSetupCertificate(publicKey: Uint8Array, domainSuffix: string): LeafContent {
  const name = `vigil.${domainSuffix}`;
  return {
    publicKey,
    subject: [{ CN: [name] }, { OU: [setupUnit] }, { O: ["Vigil"] }],
    usages: [serverAuthentication, clientSetup],
    names: [{ type: "dns", value: name }],
    days,
  };
}

/**
 * Reads a chain and its key as a device will, and refuses what no device would take.
 * @param now milliseconds since 1970
 * @throws provisioning.certificate.* (caller); details name the certificate and the rule
 */
export function inspectSetupChain(chainPem: string, keyPem: string, now: number): SetupChain {
  const chain = certificatesIn(chainPem);
  const [leaf] = chain;
  const root = chain.at(-1);
  if (leaf === undefined || root === undefined) {
    throw fail("provisioning.certificate.unreadable", { details: { reason: "there is no certificate in the text" } });
  }
  const key = keyIn(keyPem);
  checkOrder(chain);
  if (chain.length > longestChain) {
    throw fail("provisioning.certificate.too-long", { details: { certificates: chain.length, most: longestChain } });
  }
  if (!leaf.checkPrivateKey(key)) throw fail("provisioning.certificate.key-mismatch");
  for (const one of chain) checkKey(one);
  checkPurpose(leaf);
  checkName(leaf);
  checkDates(chain, now);
  return describe(chain, leaf, root);
}

/** What is known about a chain that was inspected, or that we made. @param chainPem leaf first */
export function describeSetupChain(chainPem: string): SetupChain {
  const chain = certificatesIn(chainPem);
  const [leaf] = chain;
  const root = chain.at(-1);
  if (leaf === undefined || root === undefined) throw fail("provisioning.certificate.unreadable");
  return describe(chain, leaf, root);
}

function describe(chain: readonly X509Certificate[], leaf: X509Certificate, root: X509Certificate): SetupChain {
  const hash = (algorithm: string): string => createHash(algorithm).update(root.raw).digest("hex");
  return {
    chainPem: chain.map((one) => one.toString()).join(""),
    subject: oneLine(leaf.subject),
    rootSubject: oneLine(root.subject),
    fingerprint: createHash("sha256").update(leaf.raw).digest("hex"),
    rootHashes: { sha1: hash("sha1"), sha256: hash("sha256"), sha384: hash("sha384") },
    expiresAt: new Date(Math.min(...chain.map((one) => Date.parse(one.validTo)))),
  };
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  // Two more than firmware takes, so that the message can say how many there are.
  if (blocks.length > longestChain + 2) {
    throw fail("provisioning.certificate.too-long", { details: { certificates: blocks.length, most: longestChain } });
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw fail("provisioning.certificate.unreadable", { details: { reason: "a certificate cannot be read" }, cause });
  }
}

function keyIn(pem: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) {
    throw fail("provisioning.certificate.unreadable", { details: { reason: "the key has a passphrase" } });
  }
  try {
    return createPrivateKey(pem);
  } catch {
    // Its message may quote the key.
    throw fail("provisioning.certificate.unreadable", { details: { reason: "the key cannot be read" } });
  }
}

/** Each certificate is signed by the next, and the last by itself. */
function checkOrder(chain: readonly X509Certificate[]): void {
  for (const [index, one] of chain.entries()) {
    const next = chain[index + 1];
    if (next === undefined) {
      if (isSignedBy(one, one)) return;
      const isMisplaced = chain.some((other) => other !== one && isSignedBy(one, other));
      const code = isMisplaced ? "provisioning.certificate.order" : "provisioning.certificate.incomplete";
      throw fail(code, { details: { subject: oneLine(one.subject), issuer: oneLine(one.issuer) } });
    }
    if (isSignedBy(one, next) && next.ca) continue;
    const isElsewhere = chain.some((other) => isSignedBy(one, other));
    const code = isElsewhere ? "provisioning.certificate.order" : "provisioning.certificate.incomplete";
    throw fail(code, { details: { subject: oneLine(one.subject), issuer: oneLine(one.issuer) } });
  }
}

function isSignedBy(one: X509Certificate, other: X509Certificate): boolean {
  return one.checkIssued(other) && one.verify(other.publicKey);
}

function checkKey(one: X509Certificate): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails } = one.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (type === "rsa" && bits >= 2048 && bits <= 4096) return;
  const details = { subject: oneLine(one.subject), kind: type ?? "unknown", bits };
  throw fail("provisioning.certificate.key-unsupported", { details });
}

/** Either both usages or the unit's name. @source protocols C.6 */
function checkPurpose(leaf: X509Certificate): void {
  // keyUsage is Node's name for the extended key usages; undefined when there are none.
  const usages: readonly string[] = leaf.keyUsage ?? [];
  if (usages.includes(serverAuthentication) && usages.includes(clientSetup)) return;
  const units = linesOf(leaf.subject, "OU");
  if (units.includes(setupUnit)) return;
  throw fail("provisioning.certificate.not-for-setup", { details: { usages: [...usages], units } });
}

function checkName(leaf: X509Certificate): void {
  if (linesOf(leaf.subject, "CN").length > 0 || /\bDNS:/.test(leaf.subjectAltName ?? "")) return;
  throw fail("provisioning.certificate.nameless", { details: { subject: oneLine(leaf.subject) } });
}

function checkDates(chain: readonly X509Certificate[], now: number): void {
  for (const one of chain) {
    if (Date.parse(one.validFrom) <= now && now <= Date.parse(one.validTo)) continue;
    const details = { subject: oneLine(one.subject), validFrom: one.validFrom, validTo: one.validTo };
    throw fail("provisioning.certificate.expired", { details });
  }
}

function linesOf(name: string, key: string): string[] {
  const start = `${key}=`;
  return (name ?? "")
    .split("\n")
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length));
}

function oneLine(name: string): string {
  return (name ?? "").split("\n").join(", ");
}
