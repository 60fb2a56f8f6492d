import { createHash } from "node:crypto";

/** Letters and digits that no two of look alike. @source RFC 4648, 6 */
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const hashedCharacters = 12;

/**
 * The account name of a device's object: "AMT", 60 bits of a hash of its uuid, "$". It is 16 characters, as old clients want them (20 are
 * allowed), and stays when the device is renamed.
 */
export function accountNameOf(uuid: string): string {
  const hash = createHash("sha256").update(`vigil ${uuid}`).digest();
  const name = [...hash.subarray(0, hashedCharacters)].map((byte) => letters[byte % letters.length] ?? "");
  return `AMT${name.join("")}$`;
}

/** By this Vigil knows an object again whose id it has lost, e.g. with a database that was put back. */
export function descriptionOf(uuid: string): string {
  return `Intel AMT ${uuid}, kept by Vigil`;
}

/** "HTTP/desk-1.example.com:16993" -> "desk-1.example.com"; undefined when the name has no domain or other characters than DNS's. */
export function dnsNameIn(serviceName: string): string | undefined {
  const name = /^[A-Za-z]+\/([^/:]+)(?::\d{1,5})?$/.exec(serviceName)?.[1] ?? "";
  const isName = name.length <= 255 && /^([a-z0-9_][a-z0-9_-]{0,62}\.)+[a-z0-9][a-z0-9-]{0,62}$/i.test(name);
  return isName ? name.toLowerCase() : undefined;
}

/** userAccountControl: a member computer; disabled. @source MS-ADTS 2.2.16 */
const WORKSTATION_TRUST_ACCOUNT = 0x1000;
const ACCOUNTDISABLE = 0x2;
export const accountControl = {
  enabled: WORKSTATION_TRUST_ACCOUNT,
  disabled: WORKSTATION_TRUST_ACCOUNT | ACCOUNTDISABLE,
} as const;

export function isDisabled(control: number): boolean {
  return (control & ACCOUNTDISABLE) !== 0;
}

/** msDS-SupportedEncryptionTypes: one alone, since a device has one key. @source MS-KILE 2.2.7 */
export const encryptionBits = { rc4Hmac: 0x4, aes128Sha1: 0x8, aes256Sha1: 0x10 } as const;

/** Chosen: a machine may be off for a holiday, and a key that is replaced too early costs nothing. @source predecessors row 52 */
const mostLeadDays = 10;

/** Days after which a password is replaced that is to be no older than `rotateDays`: ten days ahead, or half of a short time. */
export function dueAfterDays(rotateDays: number): number {
  return rotateDays - Math.min(mostLeadDays, rotateDays / 2);
}
