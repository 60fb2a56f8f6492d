import { createCipheriv, pbkdf2Sync } from "node:crypto";
import { md4 } from "@vigil/wire/md4.ts";

/** The encryptions that firmware knows, as its Kerberos settings name them. @source protocols B.11 */
export type KerberosEncryption = "rc4Hmac" | "aes128Sha1" | "aes256Sha1";

/** What Active Directory and MIT's KDC take when nobody says otherwise. @source RFC 3962, 4 */
const iterations = 4_096;
const keyBytes = { aes128Sha1: 16, aes256Sha1: 32 } as const;

/** "kerberos", folded to a block. @source RFC 3961, A.1 */
const foldedConstant = Buffer.from("6b65726265726f737b9b5b2b93132b93", "hex");
const noVector = new Uint8Array(16);

/**
 * The long-term key that a KDC makes of an account's password; the device needs the same.
 * @param salt RC4 needs none
 * @source RFC 3962, 4; RFC 4757, 2
 */
export function longTermKey(password: string, salt: string, encryption: KerberosEncryption): Uint8Array {
  if (encryption === "rc4Hmac") return md4(Buffer.from(password, "utf16le"));
  const length = keyBytes[encryption];
  const base = pbkdf2Sync(password, salt, iterations, length, "sha1");
  const first = encrypt(base, foldedConstant);
  return length === 16 ? first : Buffer.concat([first, encrypt(base, first)]);
}

/**
 * What Active Directory mixes into the password of a computer account.
 * @param account its sAMAccountName, which ends in "$"
 * @source MS-KILE 3.1.1.2: upper-case realm, "host", lower-case name without "$", ".", lower-case realm
 */
export function computerSalt(realm: string, account: string): string {
  return `${realm.toUpperCase()}host${account.replace(/\$$/, "").toLowerCase()}.${realm.toLowerCase()}`;
}

function encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, noVector).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}
