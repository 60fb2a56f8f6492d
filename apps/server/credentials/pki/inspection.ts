import type { X509Certificate } from "node:crypto";
import { VigilError } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { chainOf } from "./chain.ts";
import { passed, type Check } from "./check.ts";
import { authorities, complete, keys, length, order, signatures } from "./chain-checks.ts";
import { firmwareRoots } from "./firmware-roots.ts";
import { dates, keyBelongs, knownRoot, name, purpose } from "./leaf-checks.ts";
import { fingerprintOf, setupChainOf, type SetupChain } from "./setup-chain.ts";
import { readUpload, type Bundle, type Upload } from "./upload.ts";

/** A whole report about a setup certificate: every rule, not only the first that it breaks. */
export interface Inspection {
  /** The worst of all checks. */
  readonly verdict: Check["verdict"];
  /** In the order of `checkIds`. Those that need what an earlier one did not find are left out. */
  readonly checks: readonly Check[];
  /** Absent when nothing could be read. Its certificates are in order. */
  readonly chain: SetupChain | undefined;
  /** PKCS#8, PEM; absent when there is none, or it belongs to another certificate. Secret. */
  readonly keyPem: string | undefined;
}

/**
 * Reads a certificate as a device will, rule by rule. What is only out of order is put in order.
 * @param now milliseconds since 1970
 */
export function inspectSetup(upload: Upload, now: number): Inspection {
  let bundle: Bundle;
  try {
    bundle = readUpload(upload);
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    return reportOf([unreadable(error)], undefined, undefined);
  }
  const [first, ...others] = bundle.certificates;
  if (first === undefined) throw new RangeError("an upload that was read holds a certificate");
  const found = chainOf([first, ...others], bundle.key, isKnown);
  const chain = setupChainOf(found.members);
  const key = keyBelongs(bundle.key, found.members[0]);
  const checks: Check[] = [
    passed(
      "readable",
      `certificates: ${bundle.certificates.length}; private key: ${bundle.key === undefined ? "no" : "yes"}`,
    ),
    key,
    order(found),
    complete(found, chain),
    length(chain),
    authorities(chain),
    signatures(chain),
    keys(chain),
    purpose(chain),
    name(chain),
    dates(chain, now),
    knownRoot(found, chain),
  ];
  const isUsable = key.verdict === "pass" && bundle.key !== undefined;
  const keyPem = isUsable ? bundle.key?.export({ type: "pkcs8", format: "pem" }).toString() : undefined;
  return reportOf(checks, chain, keyPem);
}

/** What no device would take, or Vigil could not show to one, is not kept. @throws provisioning.certificate.* (caller) */
export function refuseFailed(inspection: Inspection): { readonly chain: SetupChain; readonly keyPem: string } {
  for (const { code, id, found, expected, next, details } of inspection.checks) {
    if (code !== null) throw fail(code, { details: { check: id, found, expected, todo: next, ...details } });
  }
  const { chain, keyPem } = inspection;
  if (chain === undefined || keyPem === undefined) {
    throw fail("provisioning.certificate.unreadable", { details: { reason: "there is no private key in it" } });
  }
  return { chain, keyPem };
}

function unreadable(error: VigilError): Check {
  const { reason } = error.details;
  return {
    id: "readable",
    verdict: "fail",
    found: typeof reason === "string" ? reason : error.message,
    expected: "PEM text or a PFX file with the leaf, its issuers up to the root, and the leaf's key",
    next: error.next,
    code: error.code === "provisioning.certificate.passphrase" ? error.code : "provisioning.certificate.unreadable",
    details: error.details,
  };
}

function reportOf(checks: readonly Check[], chain: SetupChain | undefined, keyPem: string | undefined): Inspection {
  const has = (verdict: Check["verdict"]): boolean => checks.some((one) => one.verdict === verdict);
  return { verdict: has("fail") ? "fail" : has("warn") ? "warn" : "pass", checks, chain, keyPem };
}

function isKnown(root: X509Certificate): boolean {
  return firmwareRoots.has(fingerprintOf(root));
}
