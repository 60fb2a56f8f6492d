import type { Chain } from "./chain.ts";
import type { Check } from "./check.ts";
import { keyText, longestChain, type CertificateKey } from "./firmware-rules.ts";
import type { Member, SetupChain } from "./setup-chain.ts";

/** The certificates make one chain. Mended where they do, so that it never matters how an authority sorts its files. */
export function order({ rivals, wasInOrder, leftOut }: Chain): Check {
  const expected = "the leaf, then each one's issuer, the root last";
  if (rivals.length > 0) {
    return {
      id: "order",
      verdict: "fail",
      found: `${rivals.length} certificates belong to the key`,
      expected: "one certificate for the key",
      next: "Leave out the older certificates: which one is meant cannot be told",
      code: "provisioning.certificate.order",
    };
  }
  const left = leftOut.length === 0 ? "" : `; left out, since not part of it: ${leftOut.length}`;
  const found = wasInOrder ? "in order" : `put in order by Vigil${left}`;
  return { id: "order", verdict: "pass", found, expected, next: "", code: null };
}

/** It reaches a certificate that signed itself. @source protocols C.6: "all incl. root" */
export function complete({ isComplete }: Chain, { members }: SetupChain): Check {
  const expected = "the whole chain, root included";
  const last = members.at(-1);
  const only = members.length === 1;
  if (isComplete && !only) {
    return { id: "complete", verdict: "pass", found: `ends at ${last?.subject}`, expected, next: "", code: null };
  }
  const code = isComplete ? "provisioning.certificate.self-signed" : "provisioning.certificate.incomplete";
  return {
    id: "complete",
    verdict: "fail",
    found: isComplete
      ? `${last?.subject} signed itself: it is its own root`
      : `it ends at ${last?.subject}, whose issuer is not in it`,
    expected,
    next: isComplete
      ? "Have an authority sign it: devices want at least a leaf and a root"
      : `Add the certificate of ${last?.issuer}; the authority offers it for download, often as "intermediate" or "bundle"`,
    code,
    details: { subject: last?.subject ?? "", issuer: last?.issuer ?? "" },
  };
}

/** @source protocols C.6, UNVERIFIED */
export function length({ members }: SetupChain): Check {
  const expected = `at most ${longestChain} certificates`;
  const found = members.length === 1 ? "1 certificate" : `${members.length} certificates`;
  if (members.length <= longestChain) return { id: "length", verdict: "pass", found, expected, next: "", code: null };
  return {
    id: "length",
    verdict: "fail",
    found,
    expected,
    next: "Ask the authority for a certificate with fewer issuers between leaf and root",
    code: "provisioning.certificate.too-long",
    details: { certificates: members.length, most: longestChain },
  };
}

/** Every issuer may sign, and as far down as it does. @source RFC 5280, 4.2.1.9 */
export function authorities({ members }: SetupChain): Check {
  const expected = "every certificate above the leaf is an authority's";
  const wrong = members.slice(1).flatMap((one, index) => {
    if (!one.isAuthority) return [`${one.subject} is no authority's certificate`];
    // Authorities between this one and the leaf.
    const isTooDeep = one.pathLength !== null && index > one.pathLength;
    return isTooDeep ? [`${one.subject} allows ${one.pathLength} authorities below it, and ${index} are`] : [];
  });
  if (wrong.length === 0) {
    return { id: "authorities", verdict: "pass", found: "all of them are", expected, next: "", code: null };
  }
  return {
    id: "authorities",
    verdict: "fail",
    found: wrong.join("; "),
    expected,
    next: "Use a certificate that an authority issued; one server's certificate cannot vouch for another",
    code: "provisioning.certificate.not-an-authority",
  };
}

/** Hash and kind of each signature but the root's own, which nobody checks. @source protocols C.6; firmware-rules.ts */
export function signatures({ members }: SetupChain): Check {
  const expected = "RSA with SHA-256 or SHA-384";
  const signed = members.slice(0, Math.max(1, members.length - 1));
  const having = (...kinds: readonly Member["signature"][]): readonly Member[] =>
    signed.filter(({ signature }) => kinds.includes(signature));
  const impossible = having("other");
  if (impossible.length > 0) {
    return {
      id: "signatures",
      verdict: "fail",
      found: `${namesOf(impossible)} signed in a way that firmware does not know`,
      expected,
      next: "Have it signed with RSA (PKCS #1 v1.5) and SHA-256",
      code: "provisioning.certificate.signature-unsupported",
    };
  }
  const old = [...having("RSA-SHA1"), ...members.slice(-1).filter(({ signature }) => signature === "RSA-SHA1")];
  const uncertain = having("RSA-SHA512", "ECDSA");
  if (old.length > 0) {
    const found = `${namesOf([...new Set(old)])} signed with SHA-1`;
    const next = "Devices from release 16.0 on refuse it; get one that is SHA-256 throughout for them";
    return { id: "signatures", verdict: "warn", found, expected, next, code: null };
  }
  if (uncertain.length > 0) {
    const found = `${namesOf(uncertain)} signed with ${uncertain.map(({ signature }) => signature).join(", ")}`;
    const next = "Whether firmware can check it is not known: try it on one device of each release first";
    return { id: "signatures", verdict: "warn", found, expected, next, code: null };
  }
  const kinds = [...new Set(signed.map(({ signature }) => signature))].join(", ");
  return { id: "signatures", verdict: "pass", found: kinds, expected, next: "", code: null };
}

/** Kinds and sizes of all keys. @source firmware-rules.ts */
export function keys({ members }: SetupChain): Check {
  const expected = "RSA 2048";
  const impossible = members.filter(({ key }) => !isPossible(key));
  if (impossible.length > 0) {
    const [first] = impossible;
    return {
      id: "keys",
      verdict: "fail",
      found: impossible.map(({ subject, key }) => `${keyText(key)} in ${subject}`).join("; "),
      expected,
      next: "Use RSA with 2048 bits for the leaf, and an authority whose keys are RSA with 2048 to 4096",
      code: "provisioning.certificate.key-unsupported",
      details: { subject: first?.subject ?? "", kind: first?.key.kind ?? "", bits: first?.key.bits ?? 0 },
    };
  }
  const found = members.map(({ key }) => keyText(key)).join(", ");
  if (members.every(({ key }) => key.kind === "rsa" && key.bits === 2048)) {
    return { id: "keys", verdict: "pass", found, expected, next: "", code: null };
  }
  const next = "Older firmware may not be able to use it: see what it says about each device";
  return { id: "keys", verdict: "warn", found, expected, next, code: null };
}

/** Some release may be able to use it. */
function isPossible({ kind, bits }: CertificateKey): boolean {
  return (kind === "rsa" && bits >= 2048 && bits <= 4096) || (kind === "ec" && (bits === 256 || bits === 384));
}

function namesOf(members: readonly Member[]): string {
  const names = members.map(({ subject }) => subject).join("; ");
  return `${names} ${members.length === 1 ? "is" : "are"}`;
}
