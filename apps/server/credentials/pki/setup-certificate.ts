import type { LeafContent } from "./authority.ts";
import { clientSetup, serverAuthentication, setupUnit } from "./leaf-checks.ts";

/** Chosen: renewed by itself, so it may be as short-lived as a bought one. */
const days = 730;

/** What the leaf of our own setup certificate says. @param domainSuffix in which the devices are */
export function ownSetupCertificate(publicKey: Uint8Array, domainSuffix: string): LeafContent {
  const name = `vigil.${domainSuffix}`;
  return {
    publicKey,
    subject: [{ CN: [name] }, { OU: [setupUnit] }, { O: ["Vigil"] }],
    usages: [serverAuthentication, clientSetup],
    names: [{ type: "dns", value: name }],
    days,
  };
}
