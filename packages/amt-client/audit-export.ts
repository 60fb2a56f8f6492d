import { verify, X509Certificate } from "node:crypto";
import type { hashAlgorithms } from "@vigil/model/value-maps.ts";

/** What proves an exported log. */
export interface AuditSignature {
  /** How many records are signed, from the oldest on. */
  readonly records: number;
  readonly mechanism: keyof typeof hashAlgorithms | number;
  readonly signature: Uint8Array;
  /** DER, one after the other. */
  readonly certificates: readonly Uint8Array[];
}

/** A log as it was read, and its proof. */
export interface AuditExport {
  /** As the device gives them, oldest first; decodeAuditRecord() reads one. */
  readonly records: readonly Uint8Array[];
  readonly signature: AuditSignature;
}

export type AuditVerdict = { readonly isGenuine: true } | { readonly isGenuine: false; readonly reason: string };

/**
 * Whether a log is what a device signed: all of its records are there, unchanged and in order, by the key of the certificate
 * that came along, and that certificate comes from one of our roots.
 * @param roots DER
 * @source protocols B.10; what exactly is signed is UNVERIFIED: the records as they are read, one after the other
 */
export function checkAuditExport(log: AuditExport, roots: readonly Uint8Array[]): AuditVerdict {
  const { records, signature } = log;
  const { mechanism, certificates } = signature;
  if (records.length !== signature.records) return not("records are missing, or there are too many");
  if (typeof mechanism === "number") return not("it is signed in a way that we do not know");
  const [leaf, ...issuers] = certificates.flatMap(certificateOf);
  if (leaf === undefined || certificates.length !== issuers.length + 1) return not("its certificate cannot be read");
  if (!comesFrom(leaf, issuers, roots.flatMap(certificateOf)))
    return not("its certificate is not from one of our roots");
  const isSigned = verify(mechanism, Buffer.concat(records), leaf.publicKey, signature.signature);
  return isSigned ? { isGenuine: true } : not("a record has been changed, or the signature has");
}

function not(reason: string): AuditVerdict {
  return { isGenuine: false, reason };
}

function certificateOf(der: Uint8Array): X509Certificate[] {
  try {
    return [new X509Certificate(der)];
  } catch {
    return [];
  }
}

/** Each is signed by the next, the last by a root or a root itself. */
function comesFrom(
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): boolean {
  let last = leaf;
  for (const issuer of issuers) {
    if (!issuer.ca || !last.checkIssued(issuer) || !last.verify(issuer.publicKey)) return false;
    last = issuer;
  }
  return roots.some((root) => root.raw.equals(last.raw) || (last.checkIssued(root) && last.verify(root.publicKey)));
}
