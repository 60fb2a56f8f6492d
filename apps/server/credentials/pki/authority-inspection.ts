import "reflect-metadata";
import { createPublicKey, X509Certificate } from "node:crypto";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { VigilError } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import {
  complete,
  constraints,
  dates,
  depth,
  keys,
  passed,
  purpose,
  releases,
  size,
  usage,
  type AuthorityChain,
  type AuthorityCheck,
  type FleetKind,
} from "./authority-checks.ts";
import { chainOf, isSignedBy } from "./chain.ts";
import { neededNames } from "./device-certificate.ts";
import { nameConstraintsOf } from "./name-constraints.ts";
import { setupChainOf } from "./setup-chain.ts";
import { readUpload } from "./upload.ts";

/** What the chain is held against. */
export interface AuthoritySurroundings {
  readonly fleet: readonly FleetKind[];
  /** Domains in which devices are, as far as it is known. */
  readonly domains: readonly string[];
}

/** A whole report about the chain of an authority: every rule, not only the first that it breaks. */
export interface AuthorityInspection {
  /** The worst of all checks. */
  readonly verdict: AuthorityCheck["verdict"];
  readonly checks: readonly AuthorityCheck[];
  /** Absent when nothing could be read. */
  readonly chain: AuthorityChain | undefined;
}

/**
 * Reads what an authority made of Vigil's request, with its issuers; order does not matter, and what is no part of it is left out.
 * @param requestPem PKCS#10; absent for a chain that is kept, which was compared with it then
 * @param now milliseconds since 1970
 */
export function inspectAuthority(
  upload: { readonly chainPem: string; readonly requestPem?: string },
  { fleet, domains }: AuthoritySurroundings,
  now: number,
): AuthorityInspection {
  let certificates: readonly X509Certificate[];
  try {
    ({ certificates } = readUpload({ chainPem: upload.chainPem }));
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    const { reason } = error.details;
    const found = typeof reason === "string" ? reason : error.message;
    return reportOf([unreadable(found)], undefined);
  }
  const spki = upload.requestPem === undefined ? undefined : keyIn(upload.requestPem);
  const requested = spki === undefined ? certificates[0] : certificates.find((one) => hasKey(one, spki));
  const key = keyCheck(requested, spki);
  const chain = chainFrom(certificates, requested);
  if (requested === undefined) {
    // What else is wrong with it matters to whoever gave something of another kind.
    const other = purpose(chain);
    return reportOf(other.code === "credentials.authority.for-setup" ? [other, key] : [key], chain);
  }
  const names = nameConstraintsOf(chain.certificates);
  const checks = [
    passed("readable", `certificates: ${certificates.length}`, "PEM text"),
    key,
    purpose(chain),
    complete(chain),
    depth(chain),
    usage(chain),
    keys(chain),
    releases(chain, fleet),
    size(chain),
    constraints(names, domains, neededNames),
    dates(chain, now),
  ];
  return reportOf(checks, chain);
}

/** @throws credentials.authority.* (caller): the first rule that is broken */
export function refuseFailedAuthority({ checks, chain }: AuthorityInspection): AuthorityChain {
  for (const { code, id, found, expected, next } of checks) {
    if (code !== null) throw fail(code, { details: { check: id, found, expected, todo: next } });
  }
  if (chain === undefined) throw fail("credentials.authority.unreadable");
  return chain;
}

function keyCheck(requested: X509Certificate | undefined, spki: Buffer | undefined): AuthorityCheck {
  const expected = "a certificate over the key of Vigil's request";
  if (requested !== undefined)
    return passed("key", spki === undefined ? "kept under seal" : "the requested one", expected);
  return {
    id: "key",
    verdict: "fail",
    found: "none of the certificates is",
    expected,
    next: "Give what the authority made of this request; an older one has another key",
    code: "credentials.authority.key-mismatch",
  };
}

/** From the requested certificate up. Certificates below it, and others, are left out. */
function chainFrom(all: readonly X509Certificate[], requested: X509Certificate | undefined): AuthorityChain {
  const [first, ...others] = requested === undefined ? all : [requested, ...all.filter((one) => one !== requested)];
  if (first === undefined) throw new RangeError("an upload that was read holds a certificate");
  const above = others.filter((one) => !isSignedBy(one, first) && one.ca);
  const { members, isComplete } = chainOf([first, ...above], undefined, () => false);
  const certificates: readonly X509Certificate[] = members[0] === first ? members : [first];
  return { certificates, members: setupChainOf(certificates).members, isComplete: isComplete && members[0] === first };
}

function keyIn(requestPem: string): Buffer {
  const { publicKey } = new Pkcs10CertificateRequest(requestPem);
  return createPublicKey({ key: Buffer.from(publicKey.rawData), format: "der", type: "spki" }).export({
    type: "spki",
    format: "der",
  });
}

function hasKey(certificate: X509Certificate, spki: Buffer): boolean {
  return certificate.publicKey.export({ type: "spki", format: "der" }).equals(spki);
}

function unreadable(found: string): AuthorityCheck {
  return {
    id: "readable",
    verdict: "fail",
    found,
    expected: "PEM text: the signed certificate and its issuers up to the root",
    next: "Export it as Base64 (PEM), with the certificates of the path",
    code: "credentials.authority.unreadable",
  };
}

function reportOf(checks: readonly AuthorityCheck[], chain: AuthorityChain | undefined): AuthorityInspection {
  const has = (verdict: AuthorityCheck["verdict"]): boolean => checks.some((one) => one.verdict === verdict);
  return { verdict: has("fail") ? "fail" : has("warn") ? "warn" : "pass", checks, chain };
}
