import { pbkdf2Sync } from "node:crypto";
import { deriveFrom } from "./encryption.ts";
import { md4 } from "@vigil/wire/md4.ts";

/** The AES key that belongs to a passphrase. @source RFC 3962, 4 */
export function aesKeyOf(passphrase: string, salt: string, iterations: number, length: 16 | 32): Uint8Array {
  const base = pbkdf2Sync(passphrase, salt, iterations, length, "sha1");
  return deriveFrom(base, Buffer.from("kerberos", "ascii"));
}

/** The RC4 key that belongs to a passphrase, which needs no salt. @source RFC 4757, 2 */
export function rc4KeyOf(passphrase: string): Uint8Array {
  return md4(Buffer.from(passphrase, "utf16le"));
}
