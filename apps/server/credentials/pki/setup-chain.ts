import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import {
  X509Certificate as Parsed,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
} from "@peculiar/x509";
import { fail } from "../errors.ts";
import { signatureOf, type CertificateKey, type Signature } from "./firmware-rules.ts";

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
  /** When the last one begins to be valid. */
  readonly startsAt: Date;
  readonly names: HostNames;
  /** Leaf first, root last. */
  readonly members: readonly Member[];
}

export interface RootHashes {
  readonly sha1: string;
  readonly sha256: string;
  readonly sha384: string;
}

/** The host names in a leaf, letter case as they stand there. */
export interface HostNames {
  /** Of the subject's common names. */
  readonly common: readonly string[];
  /** Of the alternative names, DNS names only. */
  readonly alternative: readonly string[];
}

/** One certificate of a chain. */
export interface Member {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly key: CertificateKey;
  readonly signature: Signature;
  /** It may sign others. */
  readonly isAuthority: boolean;
  /** Authorities that may stand below it, the leaf not counted; null without a limit. */
  readonly pathLength: number | null;
  /** Extended key usages, object identifiers. */
  readonly usages: readonly string[];
  /** Organisational units of the subject. */
  readonly units: readonly string[];
  /** False when it says what its key is for and signing is not among it. */
  readonly maySign: boolean;
}

/** What is known about a chain that was inspected, or that we made. @param chainPem leaf first, root last */
export function describeSetupChain(chainPem: string): SetupChain {
  const blocks = chainPem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    return setupChainOf(blocks.map((block) => new X509Certificate(block)));
  } catch (cause) {
    throw fail("provisioning.certificate.unreadable", { details: { reason: "a certificate cannot be read" }, cause });
  }
}

/** @param certificates leaf first, root last */
export function setupChainOf(certificates: readonly X509Certificate[]): SetupChain {
  const [leaf] = certificates;
  const root = certificates.at(-1);
  if (leaf === undefined || root === undefined) throw new RangeError("there is no certificate in the chain");
  const hash = (algorithm: string): string => createHash(algorithm).update(root.raw).digest("hex");
  const members = certificates.map(memberOf);
  return {
    chainPem: certificates.map((one) => one.toString()).join(""),
    subject: oneLine(leaf.subject),
    rootSubject: oneLine(root.subject),
    fingerprint: fingerprintOf(leaf),
    rootHashes: { sha1: hash("sha1"), sha256: hash("sha256"), sha384: hash("sha384") },
    expiresAt: new Date(Math.min(...members.map(({ validTo }) => validTo.getTime()))),
    startsAt: new Date(Math.max(...members.map(({ validFrom }) => validFrom.getTime()))),
    names: {
      common: linesOf(leaf.subject, "CN"),
      alternative: [...(leaf.subjectAltName ?? "").matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name]) => name ?? ""),
    },
    members,
  };
}

/** SHA-256 of the certificate, lower-case hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash("sha256").update(certificate.raw).digest("hex");
}

function memberOf(certificate: X509Certificate): Member {
  const { publicKey, subject, issuer, validFrom, validTo, ca, keyUsage, signatureAlgorithmOid } = certificate;
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    fingerprint: fingerprintOf(certificate),
    validFrom: new Date(validFrom),
    validTo: new Date(validTo),
    key: keyOf(publicKey),
    signature: signatureOf(signatureAlgorithmOid),
    isAuthority: ca,
    ...constraintsOf(certificate),
    // Node's name for the extended key usages; undefined when there are none.
    usages: keyUsage ?? [],
    units: linesOf(subject, "OU"),
  };
}

function keyOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): CertificateKey {
  const curves: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };
  const bits = asymmetricKeyDetails?.modulusLength ?? curves[asymmetricKeyDetails?.namedCurve ?? ""] ?? 0;
  return { kind: asymmetricKeyType ?? "unknown", bits };
}

/** What Node does not tell. */
function constraintsOf({ raw }: X509Certificate): Pick<Member, "pathLength" | "maySign"> {
  const parsed = new Parsed(Buffer.from(raw));
  const usages = parsed.getExtension(KeyUsagesExtension)?.usages;
  return {
    pathLength: parsed.getExtension(BasicConstraintsExtension)?.pathLength ?? null,
    maySign: usages === undefined || (usages & KeyUsageFlags.digitalSignature) !== 0,
  };
}

/** Node writes a name with one part a line. */
function linesOf(name: string | undefined, key: string): string[] {
  const start = `${key}=`;
  return (name ?? "")
    .split("\n")
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length));
}

/** A certificate's name as people read it: its parts are on a line each. */
export function oneLine(name: string | undefined): string {
  return (name ?? "").split("\n").join(", ");
}
