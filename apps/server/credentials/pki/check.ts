import type { ErrorDetails } from "@vigil/base/errors.ts";
import type { credentialErrors } from "../errors.ts";

/** What one rule says about a certificate. */
export interface Check {
  readonly id: CheckId;
  /** A warning refuses nothing. */
  readonly verdict: "pass" | "warn" | "fail";
  readonly found: string;
  readonly expected: string;
  /** What to do; empty when there is nothing to do. */
  readonly next: string;
  /** Of a failed check. */
  readonly code: CertificateCode | null;
  /** More of a failed check, for the error. */
  readonly details?: ErrorDetails;
}

export const checkIds = [
  "readable",
  "key",
  "order",
  "complete",
  "length",
  "authorities",
  "signatures",
  "keys",
  "purpose",
  "name",
  "dates",
  "root",
] as const;
export type CheckId = (typeof checkIds)[number];
export type CertificateCode = keyof typeof credentialErrors & `provisioning.certificate.${string}`;

/** A check that found nothing to complain of. */
export function passed(id: CheckId, found: string, expected = ""): Check {
  return { id, verdict: "pass", found, expected, next: "", code: null };
}
