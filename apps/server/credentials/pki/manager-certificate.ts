import { X509Certificate } from "node:crypto";
import { blocksOf } from "../device-authority.ts";
import { clientAuthentication } from "./device-certificate.ts";
import type { LeafContent } from "./authority.ts";

/** Whose certificate it is that Vigil shows to devices with mutual TLS. Nobody can register that domain: see serverNameOf(). */
export const managerName = "manager.vigil.internal";

/** What a manager over the network has to be. @source protocols A.16 "remote console" */
const remoteConsole = "2.16.840.1.113741.1.2.1";
/** Chosen as for devices; devices check the authority, so another one needs nothing of them. */
const days = 730;

/** @param publicKey SubjectPublicKeyInfo, DER */
export function managerCertificate(publicKey: Uint8Array): LeafContent {
  return {
    publicKey,
    subject: [{ CN: [managerName] }, { O: ["Vigil"] }],
    usages: [clientAuthentication, remoteConsole],
    names: [{ type: "dns", value: managerName }],
    days,
  };
}

/** What a device with mutual TLS is going to judge the manager by. */
export interface MutualTrust {
  /** Roots in its store, DER. */
  readonly roots: readonly Uint8Array[];
  /** Names that it lets in; none means any. */
  readonly names: readonly string[];
  /** Its own time. */
  readonly at: Date;
}

/** Why a device would not let the bearer of that chain in; undefined when it would. @param chainPem leaf first, without the root */
export function whyRefused(chainPem: string, { roots, names, at }: MutualTrust): string | undefined {
  const [leaf, ...issuers] = blocksOf(chainPem).map((block) => new X509Certificate(block));
  const last = issuers.at(-1) ?? leaf;
  if (leaf === undefined || last === undefined) return "Vigil has nothing to show";
  const isIssued = roots.map((der) => new X509Certificate(der)).some((root) => last.verify(root.publicKey));
  if (!isIssued) return "none of its roots issued Vigil's certificate";
  if (names.length > 0 && !names.includes(managerName)) return "Vigil's name is not among those that it lets in";
  const isInTime = Date.parse(leaf.validFrom) <= at.getTime() && at.getTime() < Date.parse(leaf.validTo);
  return isInTime ? undefined : "by its clock Vigil's certificate is not valid";
}
