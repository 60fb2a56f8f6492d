import type { KeyObject, X509Certificate } from "node:crypto";
import type { Chain } from "./chain.ts";
import type { Check } from "./check.ts";
import { firmwareRoots } from "./firmware-roots.ts";
import type { SetupChain } from "./setup-chain.ts";

export const serverAuthentication = "1.3.6.1.5.5.7.3.1";
/** @source protocols C.6 */
export const clientSetup = "2.16.840.1.113741.1.2.3";
/** Letter case counts. @source protocols C.6 */
export const setupUnit = "Intel(R) Client Setup Certificate";

const dayMs = 86_400_000;
/** Days before the end at which the list begins to say so, louder each time. Chosen. */
const expiryWarningDays = [90, 30, 7] as const;

/** The private key is the leaf's. Without one there is nothing to prove ourselves with. */
export function keyBelongs(key: KeyObject | undefined, leaf: X509Certificate): Check {
  const expected = "the private key of the leaf";
  if (key === undefined) {
    const next = "Give the key too when you add the certificate";
    return { id: "key", verdict: "warn", found: "no private key", expected, next, code: null };
  }
  if (leaf.checkPrivateKey(key)) {
    return { id: "key", verdict: "pass", found: "belongs to the leaf", expected, next: "", code: null };
  }
  return {
    id: "key",
    verdict: "fail",
    found: "the key of another certificate",
    expected,
    next: "Give the key with which this certificate was requested",
    code: "provisioning.certificate.key-mismatch",
  };
}

/** Both usages, or the unit's name. @source protocols C.6 */
export function purpose({ members }: SetupChain): Check {
  const expected = `usages ${serverAuthentication} and ${clientSetup}, or OU "${setupUnit}"`;
  const { usages = [], units = [], isAuthority = false, maySign = true } = members[0] ?? {};
  const hasUsages = usages.includes(serverAuthentication) && usages.includes(clientSetup);
  if (hasUsages || units.includes(setupUnit)) {
    const found = hasUsages ? "both usages" : `OU "${setupUnit}"`;
    if (maySign) return { id: "purpose", verdict: "pass", found, expected, next: "", code: null };
    const next = "Ask for the key usage digitalSignature too: the handshake needs it, and newer firmware may insist";
    return { id: "purpose", verdict: "warn", found: `${found}, but its key may not sign`, expected, next, code: null };
  }
  const has = [
    usages.length === 0 ? "no usages" : `usages ${usages.join(", ")}`,
    ...units.map((unit) => `OU "${unit}"`),
  ].join("; ");
  const near = units.find((unit) => unit.toLowerCase() === setupUnit.toLowerCase());
  // An ordinary server certificate: right for a web server, and no device lets itself be set up with it.
  const isForTls = usages.includes(serverAuthentication) && !usages.includes(clientSetup) && near === undefined;
  return {
    id: "purpose",
    verdict: "fail",
    found: isForTls ? `a TLS server's certificate: ${has}` : isAuthority ? `an authority's certificate: ${has}` : has,
    expected,
    next:
      near !== undefined
        ? `Have it spelled exactly like this, brackets and capitals included: ${setupUnit}`
        : `Order it as a certificate for Intel AMT setup: with usage ${clientSetup} beside ${serverAuthentication}`,
    code: isForTls ? "provisioning.certificate.for-tls" : "provisioning.certificate.not-for-setup",
    details: { usages: [...usages], units: [...units] },
  };
}

/** It bears a host's name, which devices compare with their domain. @source protocols C.5 */
export function name({ names, subject }: SetupChain): Check {
  const expected = "a host name in the devices' domain as common name";
  const all = [...names.common, ...names.alternative];
  const hosts = all.filter(isHostName);
  const found = all.length === 0 ? `no name in ${subject}` : [...new Set(all)].join(", ");
  if (hosts.length === 0) {
    return {
      id: "name",
      verdict: "fail",
      found,
      expected,
      next: "Ask for a certificate whose common name lies in the devices' domain, e.g. vigil.corp.example",
      code: "provisioning.certificate.nameless",
      details: { subject },
    };
  }
  const warning = !names.common.some(isHostName)
    ? "Only the alternative names hold a host: some firmware may look at the common name alone (UNVERIFIED)"
    : hosts.some((one) => one.startsWith("*."))
      ? "A wildcard is commonly used, yet not described for firmware: try it on one device of each release first"
      : "";
  return { id: "name", verdict: warning === "" ? "pass" : "warn", found, expected, next: warning, code: null };
}

/** All certificates are valid now; the first to end counts. */
export function dates({ members, expiresAt }: SetupChain, now: number): Check {
  const expected = "every certificate valid now, and for a while";
  const early = members.find(({ validFrom }) => validFrom.getTime() > now);
  const late = members.find(({ validTo }) => validTo.getTime() < now);
  const wrong = late ?? early;
  if (wrong !== undefined) {
    const { subject, validFrom, validTo } = wrong;
    return {
      id: "dates",
      verdict: "fail",
      found: late === undefined ? `${subject} begins ${dayOf(validFrom)}` : `${subject} ended ${dayOf(validTo)}`,
      expected,
      next:
        late === undefined ? "Wait for that day, or check the server's clock" : "Renew it, or check the server's clock",
      code: "provisioning.certificate.expired",
      details: { subject, validFrom: validFrom.toISOString(), validTo: validTo.toISOString() },
    };
  }
  const first = members.find(({ validTo }) => validTo.getTime() === expiresAt.getTime());
  const days = Math.floor((expiresAt.getTime() - now) / dayMs);
  const found = `valid until ${dayOf(expiresAt)}${first === members[0] ? "" : `, when ${first?.subject} ends`}`;
  if (days >= expiryWarningDays[0]) return { id: "dates", verdict: "pass", found, expected, next: "", code: null };
  const next = `Renew it: ${days} days are left`;
  return { id: "dates", verdict: "warn", found, expected, next, code: null };
}

/** Whether devices may know the root by themselves. Each device's own list decides. @source protocols C.2 */
export function knownRoot({ isComplete }: Chain, { rootHashes, rootSubject }: SetupChain): Check {
  const expected = "a root that firmware brings along";
  const known = firmwareRoots.get(rootHashes.sha256);
  if (known !== undefined) {
    const found = known.name ?? rootSubject;
    return { id: "root", verdict: "pass", found, expected, next: "", code: null };
  }
  if (!isComplete) return { id: "root", verdict: "warn", found: "no root", expected, next: "", code: null };
  const next = `Devices list it only when they were told: enter ${rootHashes.sha256} in their MEBx`;
  return {
    id: "root",
    verdict: "warn",
    found: `${rootSubject}, which firmware does not bring`,
    expected,
    next,
    code: null,
  };
}

/** A host name or a wildcard, one label at least. @source RFC 1123, 2.1 */
function isHostName(text: string): boolean {
  return /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,62})\.)*[a-z0-9]([a-z0-9-]{0,62})$/i.test(text) && !/^[0-9.]+$/.test(text);
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
