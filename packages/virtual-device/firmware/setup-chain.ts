import { createHash, X509Certificate } from "node:crypto";
import { compareReleases } from "@vigil/model/firmware.ts";

const serverAuthentication = "1.3.6.1.5.5.7.3.1";
const clientSetup = "2.16.840.1.113741.1.2.3";
const setupUnit = "OU=Intel(R) Client Setup Certificate";
/** Leaf, two issuers and a root. UNVERIFIED. */
const longestChain = 4;
/**
 * From here on no SHA-1 in the chain, its root included, and no RSA key below 2,048 bits.
 * @source Intel AMT Implementation and Reference Guide, "Root Certificate Hashes" (the H platform since 15.0: not told apart here)
 */
const strictSince = "16.0";

export type ChainVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const refused = (reason: string): ChainVerdict => ({ ok: false, reason });

/**
 * Whether firmware lets this manager set it up. Dates are not checked: its clock is not set yet.
 * @param chain DER, leaf first, root last
 * @param trusted lower-case hex of active root hashes (SHA-1, SHA-256 or SHA-384)
 * @param domainSuffix what DHCP or MEBx told the device
 * @param release e.g. "16.1.25"
 * @source protocols C.5, C.6
 */
export function checkSetupChain(
  chain: readonly Uint8Array[],
  trusted: ReadonlySet<string>,
  domainSuffix: string,
  release: string,
): ChainVerdict {
  if (chain.length < 2 || chain.length > longestChain) return refused(`the chain has ${chain.length} certificates`);
  let certificates: X509Certificate[];
  try {
    certificates = chain.map(certificateFrom);
  } catch {
    return refused("a certificate cannot be read");
  }
  for (const [index, one] of certificates.entries()) {
    // The root, last in line, has signed itself.
    const issuer = certificates[index + 1] ?? one;
    if (one.issuer !== issuer.subject || !one.verify(issuer.publicKey))
      return refused(`certificate ${index} is not signed by the next`);
    if (index > 0 && !one.ca) return refused(`certificate ${index} may not sign others`);
  }
  if (compareReleases(release, strictSince) >= 0) {
    const weak = certificates.find((one) => /sha1/i.test(one.signatureAlgorithm ?? "") || isShort(one));
    if (weak !== undefined) return refused("a certificate has a SHA-1 signature or a key below 2,048 bits");
  }
  const leaf = certificates[0];
  const root = chain.at(-1);
  if (leaf === undefined || root === undefined) return refused("the chain is empty");
  const hashes = ["sha1", "sha256", "sha384"].map((name) => createHash(name).update(root).digest("hex"));
  if (!hashes.some((hash) => trusted.has(hash))) return refused("the root is not in the hash list");
  if (!isForSetup(leaf)) return refused("the leaf is not a setup certificate");
  if (!namesOf(leaf).some((name) => isBelow(name, domainSuffix)))
    return refused("the leaf is not named below the domain suffix");
  return { ok: true };
}

function isShort({ publicKey }: X509Certificate): boolean {
  return publicKey.asymmetricKeyType === "rsa" && (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048;
}

/** @throws what OpenSSL says when it, or the key in it, cannot be read: the key is read only when it is asked for */
export function certificateFrom(der: Uint8Array): X509Certificate {
  const one = new X509Certificate(der);
  void one.publicKey;
  return one;
}

function isForSetup(leaf: X509Certificate): boolean {
  // keyUsage is Node's name for the extended key usages; absent when there are none.
  const usages: readonly string[] = leaf.keyUsage ?? [];
  const hasUsages = usages.includes(serverAuthentication) && usages.includes(clientSetup);
  return hasUsages || leaf.subject.split("\n").includes(setupUnit);
}

function namesOf(leaf: X509Certificate): string[] {
  const common = leaf.subject.split("\n").filter((line) => line.startsWith("CN="));
  const alternative = (leaf.subjectAltName ?? "").split(", ").filter((part) => part.startsWith("DNS:"));
  return [...common.map((line) => line.slice("CN=".length)), ...alternative.map((part) => part.slice("DNS:".length))];
}

/** Compared label by label from the right, letter case aside; a leading `*` stands for one label. */
function isBelow(name: string, suffix: string): boolean {
  const labels = name.toLowerCase().split(".");
  const wanted = suffix
    .toLowerCase()
    .split(".")
    .filter((label) => label !== "");
  return wanted.length > 0 && labels.slice(-wanted.length).join(".") === wanted.join(".");
}
