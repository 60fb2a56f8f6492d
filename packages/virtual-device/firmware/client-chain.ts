import type { X509Certificate } from "node:crypto";
import { certificateFrom, type ChainVerdict } from "./setup-chain.ts";

const clientAuthentication = "1.3.6.1.5.5.7.3.2";
/** "remote console". @source protocols A.16 */
const remoteConsole = "2.16.840.1.113741.1.2.1";
const longestChain = 4;

const refused = (reason: string): ChainVerdict => ({ ok: false, reason });

/**
 * Whether mutual TLS lets a client in: its chain ends at a root in the device's store, its usages name the remote console, its
 * name is one of those that the device trusts, when it trusts only some, and it has not been revoked.
 * @param chain DER, leaf first @source protocols A.16
 */
export function checkClientChain(
  chain: readonly Uint8Array[],
  trust: {
    readonly roots: readonly Uint8Array[];
    readonly trustedNames: readonly string[];
    /** Serial numbers, lower-case hex. */
    readonly revoked: ReadonlySet<string>;
  },
): ChainVerdict {
  if (chain.length === 0 || chain.length > longestChain) return refused(`the chain has ${chain.length} certificates`);
  let certificates: X509Certificate[];
  let roots: X509Certificate[];
  try {
    certificates = chain.map(certificateFrom);
    roots = trust.roots.map(certificateFrom);
  } catch {
    return refused("a certificate cannot be read");
  }
  for (const [index, one] of certificates.entries()) {
    if (trust.revoked.has(one.serialNumber.toLowerCase())) return refused(`certificate ${index} is revoked`);
    if (index > 0 && !one.ca) return refused(`certificate ${index} may not sign others`);
    const issuer = certificates[index + 1] ?? roots.find((root) => root.subject === one.issuer);
    if (issuer === undefined || !one.verify(issuer.publicKey))
      return refused(`certificate ${index} has no known issuer`);
  }
  const last = certificates.at(-1);
  const endsAtRoot = roots.some(
    (root) => last !== undefined && (root.raw.equals(last.raw) || last.verify(root.publicKey)),
  );
  if (!endsAtRoot) return refused("the chain ends at no root of the device");
  const [leaf] = certificates;
  // keyUsage is Node's name for the extended key usages; absent when there are none.
  const usages: readonly string[] = leaf?.keyUsage ?? [];
  if (!usages.includes(clientAuthentication) || !usages.includes(remoteConsole)) {
    return refused("the leaf is not a remote console's");
  }
  const name = /^CN=(.*)$/m.exec(leaf?.subject ?? "")?.[1] ?? "";
  const isNamed = trust.trustedNames.length === 0 || trust.trustedNames.includes(name);
  return isNamed ? { ok: true } : refused("the leaf's name is not one that the device trusts");
}
