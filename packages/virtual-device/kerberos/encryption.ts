import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from "node:crypto";
import { rc4 } from "./rc4.ts";

/** Encryption types that firmware knows. @source RFC 3961, 3962, 4757; SDK "Using Active Directory to Manage Intel AMT Devices" */
export const etypes = { aes128: 17, aes256: 18, rc4: 23 } as const;

/** What a key is used for. @source RFC 4120, 7.5.1; for the PAC: MS-PAC 2.8 */
export const keyUsages = { ticket: 2, apRequest: 11, apReply: 12, pac: 17 } as const;

export interface KerberosKey {
  readonly etype: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a confounder and of a checksum. @source RFC 3962, 6; RFC 4757, 5 */
const aesSizes = { confounder: 16, sum: 12 } as const;
const rc4Sizes = { confounder: 8, sum: 16 } as const;

/** True when that encryption is known and takes a key of that length. */
export function isUsable({ etype, bytes }: KerberosKey): boolean {
  if (etype === etypes.aes256) return bytes.length === 32;
  return (etype === etypes.aes128 || etype === etypes.rc4) && bytes.length === 16;
}

/** @returns undefined when the key is not the one, the bytes were touched, or the encryption is none that firmware knows */
export function decrypt(key: KerberosKey, usage: number, cipher: Uint8Array): Uint8Array | undefined {
  if (!isUsable(key)) return undefined;
  const { confounder, sum } = key.etype === etypes.rc4 ? rc4Sizes : aesSizes;
  if (cipher.length < confounder + sum) return undefined;
  const { plain, given, expected } =
    key.etype === etypes.rc4 ? rc4Open(key, usage, cipher) : aesOpen(key, usage, cipher);
  return timingSafeEqual(given, expected) ? plain.subarray(confounder) : undefined;
}

/** @param random gives the confounder */
export function encrypt(
  key: KerberosKey,
  usage: number,
  plain: Uint8Array,
  random: (bytes: number) => Uint8Array,
): Uint8Array {
  if (key.etype === etypes.rc4) {
    const whole = Buffer.concat([random(rc4Sizes.confounder), plain]);
    const inner = hmac("md5", key.bytes, littleEndian(usage));
    const sum = hmac("md5", inner, whole);
    return Buffer.concat([sum, rc4(hmac("md5", inner, sum), whole)]);
  }
  const whole = Buffer.concat([random(aesSizes.confounder), plain]);
  return Buffer.concat([ctsEncrypt(derive(key.bytes, usage, purposes.encryption), whole), aesSum(key, usage, whole)]);
}

/** The keyed checksum that belongs to a key's encryption. @source RFC 3961, 5.3; RFC 3962, 7; RFC 4757, 4 */
export function checksum(key: KerberosKey, usage: number, bytes: Uint8Array): Uint8Array {
  if (key.etype !== etypes.rc4) {
    return hmac("sha1", derive(key.bytes, usage, purposes.checksum), bytes).subarray(0, aesSizes.sum);
  }
  const signing = hmac("md5", key.bytes, Buffer.from("signaturekey\0", "latin1"));
  const digest = createHash("md5").update(littleEndian(usage)).update(bytes).digest();
  return hmac("md5", signing, digest);
}

/** The key that a key of a passphrase becomes, or that it uses for one thing. DR and DK are the same for AES. @source RFC 3961, 5.1 */
export function deriveFrom(key: Uint8Array, constant: Uint8Array): Uint8Array {
  let block = nFold(constant, 16);
  const parts: Uint8Array[] = [];
  while (parts.length * 16 < key.length) {
    block = cbcEncrypt(key, block);
    parts.push(block);
  }
  return Buffer.concat(parts).subarray(0, key.length);
}

/** Stretches or folds bytes to a length: copies, each turned right by 13 bits more, added with end-around carry. @source RFC 3961, 5.1 */
export function nFold(input: Uint8Array, length: number): Uint8Array {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const common = (input.length * length) / gcd(input.length, length);
  const bits = input.length * 8;
  const sum = new Uint8Array(length);
  let carry = 0;
  for (let index = common - 1; index >= 0; index -= 1) {
    const turn = 13 * Math.floor(index / input.length);
    const bit = ((((index % input.length) * 8 - turn) % bits) + bits) % bits;
    const byte = Math.floor(bit / 8);
    const pair = ((input[byte] ?? 0) << 8) | (input[(byte + 1) % input.length] ?? 0);
    carry += ((pair >> (8 - (bit % 8))) & 0xff) + (sum[index % length] ?? 0);
    sum[index % length] = carry & 0xff;
    carry >>= 8;
  }
  for (let index = length - 1; carry > 0; index = (index + length - 1) % length) {
    carry += sum[index] ?? 0;
    sum[index] = carry & 0xff;
    carry >>= 8;
  }
  return sum;
}

/** The last byte of what a key is derived with. @source RFC 3961, 5.3 */
const purposes = { checksum: 0x99, encryption: 0xaa, integrity: 0x55 } as const;

function derive(key: Uint8Array, usage: number, purpose: number): Uint8Array {
  const constant = Buffer.alloc(5);
  constant.writeUInt32BE(usage);
  constant[4] = purpose;
  return deriveFrom(key, constant);
}

interface Opened {
  readonly plain: Uint8Array;
  readonly given: Uint8Array;
  readonly expected: Uint8Array;
}

function aesOpen(key: KerberosKey, usage: number, cipher: Uint8Array): Opened {
  const end = cipher.length - aesSizes.sum;
  const plain = ctsDecrypt(derive(key.bytes, usage, purposes.encryption), cipher.subarray(0, end));
  return { plain, given: cipher.subarray(end), expected: aesSum(key, usage, plain) };
}

function aesSum(key: KerberosKey, usage: number, whole: Uint8Array): Uint8Array {
  return hmac("sha1", derive(key.bytes, usage, purposes.integrity), whole).subarray(0, aesSizes.sum);
}

function rc4Open(key: KerberosKey, usage: number, cipher: Uint8Array): Opened {
  const given = cipher.subarray(0, rc4Sizes.sum);
  const inner = hmac("md5", key.bytes, littleEndian(usage));
  const plain = rc4(hmac("md5", inner, given), cipher.subarray(rc4Sizes.sum));
  return { plain, given, expected: hmac("md5", inner, plain) };
}

/** CBC with ciphertext stealing: the last two blocks exchanged, what is over cut off. At least one block. @source RFC 3962, 5 */
function ctsEncrypt(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const padded = Buffer.alloc(Math.ceil(plain.length / 16) * 16);
  padded.set(plain);
  const blocks = cbcEncrypt(key, padded);
  if (blocks.length === 16) return blocks;
  const [before, last] = [blocks.subarray(-32, -16), blocks.subarray(-16)];
  const rest = plain.length - (padded.length - 16);
  return Buffer.concat([blocks.subarray(0, -32), last, before.subarray(0, rest)]);
}

function ctsDecrypt(key: Uint8Array, cipher: Uint8Array): Uint8Array {
  if (cipher.length === 16) return cbcDecrypt(key, cipher);
  const rest = cipher.length % 16 === 0 ? 16 : cipher.length % 16;
  const end = cipher.length - rest;
  const last = cipher.subarray(end - 16, end);
  // The block before the last gave its end away; the last one, decrypted alone, brings it back.
  const stolen = cbcDecrypt(key, last).subarray(rest);
  const blocks = Buffer.concat([cipher.subarray(0, end - 16), cipher.subarray(end), stolen, last]);
  return cbcDecrypt(key, blocks).subarray(0, cipher.length);
}

const noVector = new Uint8Array(16);

function cbcEncrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, noVector).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}

function cbcDecrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, noVector).setAutoPadding(false);
  return Buffer.concat([decipher.update(blocks), decipher.final()]);
}

function hmac(hash: "md5" | "sha1", key: Uint8Array, bytes: Uint8Array): Buffer {
  return createHmac(hash, key).update(bytes).digest();
}

function littleEndian(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
