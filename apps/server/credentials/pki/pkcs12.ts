import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import {
  Constructed,
  fromBER,
  Integer,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
  type BaseBlock,
} from "asn1js";
import { fail } from "../errors.ts";
import { decryptRc2Cbc } from "./rc2.ts";

/** What a PFX file holds. */
export interface Pkcs12Content {
  /** DER, as the file orders them. */
  readonly certificates: readonly Uint8Array[];
  /** PKCS#8, DER. */
  readonly keys: readonly Uint8Array[];
}

/** Chosen: ten times what Windows and OpenSSL write today; one round costs some microseconds of the server's only thread. */
const mostIterations = 200_000;
/** Bags of one file. Chosen: a leaf, its chain and its key are five or six. */
const mostBags = 64;

const oid = {
  data: "1.2.840.113549.1.7.1",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certBag: "1.2.840.113549.1.12.10.1.3",
  x509Certificate: "1.2.840.113549.1.9.22.1",
  pbes2: "1.2.840.113549.1.5.13",
  pbkdf2: "1.2.840.113549.1.5.12",
} as const;

/** PKCS#12's own password-based encryption. @source RFC 7292, appendix C */
const pkcs12Ciphers: Readonly<Record<string, { readonly keyBytes: number; readonly kind: "des3" | "rc2" }>> = {
  "1.2.840.113549.1.12.1.3": { keyBytes: 24, kind: "des3" },
  "1.2.840.113549.1.12.1.5": { keyBytes: 16, kind: "rc2" },
  "1.2.840.113549.1.12.1.6": { keyBytes: 5, kind: "rc2" },
};
/** @source RFC 8018, appendix B */
const pbes2Ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  "1.2.840.113549.3.7": { name: "des-ede3-cbc", keyBytes: 24 },
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", keyBytes: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", keyBytes: 24 },
  "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", keyBytes: 32 },
};
const prfs: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};
const digests: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/**
 * Reads a PFX (PKCS#12) file. Why it is read here: docs/decisions/0014-pfx-files.md.
 * @throws provisioning.certificate.unreadable, provisioning.certificate.passphrase (caller)
 * @source RFC 7292
 */
export function readPkcs12(file: Uint8Array, passphrase: string): Pkcs12Content {
  try {
    return read(file, passphrase);
  } catch (error) {
    if (error instanceof Malformed) {
      throw fail("provisioning.certificate.unreadable", { details: { reason: error.message } });
    }
    throw error;
  }
}

/** It leaves this file as provisioning.certificate.unreadable. */
class Malformed extends Error {}

function read(file: Uint8Array, passphrase: string): Pkcs12Content {
  const [, authSafe, macData] = partsOf(decode(file));
  const [type, content] = partsOf(authSafe);
  if (oidOf(type) !== oid.data) throw new Malformed("the PFX file is signed with a certificate, not with a passphrase");
  const safe = octetsOf(inner(content));
  if (macData !== undefined) checkMac(partsOf(macData), safe, passphrase);
  const found: { certificates: Uint8Array[]; keys: Uint8Array[] } = { certificates: [], keys: [] };
  let bags = 0;
  for (const info of partsOf(decode(safe))) {
    for (const bag of partsOf(decode(contentsOf(info, passphrase)))) {
      bags += 1;
      if (bags > mostBags) throw new Malformed(`the PFX file holds more than ${mostBags} things`);
      readBag(bag, passphrase, found);
    }
  }
  return found;
}

/** The plain bytes of one part of the file. */
function contentsOf(info: BaseBlock, passphrase: string): Uint8Array {
  const [type, content] = partsOf(info);
  if (oidOf(type) === oid.data) return octetsOf(inner(content));
  if (oidOf(type) !== oid.encryptedData) throw new Malformed("a part of the PFX file is sealed for a certificate");
  const [, encrypted] = partsOf(inner(content));
  const [, algorithm, data] = partsOf(encrypted);
  return decrypt(algorithm, octetsOf(data), passphrase);
}

function readBag(bag: BaseBlock, passphrase: string, found: { certificates: Uint8Array[]; keys: Uint8Array[] }): void {
  const [id, value] = partsOf(bag);
  const content = inner(value);
  switch (oidOf(id)) {
    case oid.certBag: {
      const [kind, certificate] = partsOf(content);
      if (oidOf(kind) === oid.x509Certificate) found.certificates.push(octetsOf(inner(certificate)));
      return;
    }
    case oid.keyBag:
      found.keys.push(Uint8Array.from(content.valueBeforeDecodeView));
      return;
    case oid.shroudedKeyBag: {
      const [algorithm, data] = partsOf(content);
      found.keys.push(decrypt(algorithm, octetsOf(data), passphrase));
      return;
    }
    default:
    // Lists of revoked certificates and whatever else a file may hold are not asked for.
  }
}

/** A file without a mark of its own is believed when it opens. @source RFC 7292, section 4 */
function checkMac([info, salt, rounds]: readonly BaseBlock[], safe: Uint8Array, passphrase: string): void {
  const [algorithm, digest] = partsOf(info);
  const name = digests[oidOf(partsOf(algorithm)[0])];
  // PBMAC1 and what is newer: the padding of the first part tells a wrong passphrase too.
  if (name === undefined) return;
  const iterations = rounds === undefined ? 1 : iterationsOf(rounds);
  const expected = octetsOf(digest);
  const isRight = passwordsFor(passphrase).some((password) => {
    const key = deriveKey({ name, password, salt: octetsOf(salt), iterations, id: 3, bytes: expected.length });
    const actual = createHmac(name, key).update(safe).digest();
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  });
  if (!isRight) throw wrongPassphrase(passphrase);
}

function decrypt(algorithm: BaseBlock | undefined, data: Uint8Array, passphrase: string): Uint8Array {
  const [id, parameters] = partsOf(algorithm);
  const name = oidOf(id);
  try {
    if (name === oid.pbes2) return decryptPbes2(parameters, data, passphrase);
    const cipher = pkcs12Ciphers[name];
    if (cipher === undefined) throw new Malformed(`the PFX file is encrypted in a way that is not known: ${name}`);
    const [salt, rounds] = partsOf(parameters);
    const from = { name: "sha1", salt: octetsOf(salt), iterations: iterationsOf(rounds) };
    const [password] = passwordsFor(passphrase);
    const key = deriveKey({ ...from, password, id: 1, bytes: cipher.keyBytes });
    const iv = deriveKey({ ...from, password, id: 2, bytes: 8 });
    return cipher.kind === "rc2" ? decryptRc2Cbc(key, iv, data) : open("des-ede3-cbc", key, iv, data);
  } catch (error) {
    if (error instanceof Malformed) throw error;
    throw wrongPassphrase(passphrase);
  }
}

/** @source RFC 8018, section 6.2 */
function decryptPbes2(parameters: BaseBlock | undefined, data: Uint8Array, passphrase: string): Uint8Array {
  const [derivation, scheme] = partsOf(parameters);
  const [kdf, kdfParameters] = partsOf(derivation);
  if (oidOf(kdf) !== oid.pbkdf2) throw new Malformed("the PFX file's key derivation is not PBKDF2");
  const [salt, rounds, ...rest] = partsOf(kdfParameters);
  const prf = rest.find((one) => one instanceof Sequence);
  const hash = prf === undefined ? "sha1" : prfs[oidOf(partsOf(prf)[0])];
  const [cipherId, iv] = partsOf(scheme);
  const cipher = pbes2Ciphers[oidOf(cipherId)];
  if (hash === undefined || cipher === undefined) throw new Malformed("the PFX file's cipher is not known");
  const key = pbkdf2Sync(passphrase, octetsOf(salt), iterationsOf(rounds), cipher.keyBytes, hash);
  return open(cipher.name, key, octetsOf(iv), data);
}

function open(name: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(name, key, iv);
  return Buffer.concat([decipher.update(data), decipher.final()]);
}

function wrongPassphrase(passphrase: string): Error {
  const reason = passphrase === "" ? "it needs a passphrase" : "the passphrase does not open it";
  return fail("provisioning.certificate.passphrase", { details: { reason } });
}

interface Derivation {
  readonly name: string;
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** 1 key, 2 initial vector, 3 MAC. */
  readonly id: 1 | 2 | 3;
  readonly bytes: number;
}

/** @source RFC 7292, appendix B.2 */
function deriveKey({ name, password, salt, iterations, id, bytes }: Derivation): Uint8Array {
  const hashed = createHash(name).update("").digest().length;
  const block = hashed > 32 ? 128 : 64;
  const fill = (from: Uint8Array): Buffer =>
    from.length === 0 ? Buffer.alloc(0) : Buffer.alloc(block * Math.ceil(from.length / block), Buffer.from(from));
  const input = Buffer.concat([fill(salt), fill(password)]);
  const diversifier = Buffer.alloc(block, id);
  const out: Buffer[] = [];
  for (let have = 0; have < bytes; have += hashed) {
    let round = createHash(name).update(diversifier).update(input).digest();
    for (let count = 1; count < iterations; count += 1) round = createHash(name).update(round).digest();
    out.push(round);
    addToBlocks(input, Buffer.alloc(block, round), block);
  }
  return Buffer.concat(out).subarray(0, bytes);
}

/** Each block of `input` becomes itself + `by` + 1, as big-endian numbers. */
function addToBlocks(input: Buffer, by: Buffer, block: number): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at -= 1) {
      const sum = (input[start + at] ?? 0) + (by[at] ?? 0) + carry;
      input[start + at] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}

/** BMP string with its two zero bytes; no passphrase is either that of length zero or none at all. @source RFC 7292, appendix B.1 */
function passwordsFor(passphrase: string): readonly [Uint8Array, ...Uint8Array[]] {
  const wide = Buffer.from(`${passphrase}\0`, "utf16le").swap16();
  return passphrase === "" ? [wide, new Uint8Array(0)] : [wide];
}

function iterationsOf(block: BaseBlock | undefined): number {
  const count = block instanceof Integer ? block.valueBlock.valueDec : 0;
  if (count < 1 || count > mostIterations) throw new Malformed(`the PFX file asks for ${count} rounds of hashing`);
  return count;
}

function decode(bytes: Uint8Array): BaseBlock {
  try {
    const { offset, result } = fromBER(bytes);
    if (offset !== -1) return result;
  } catch {
    // Nested deeper than the stack: no PFX file is.
  }
  throw new Malformed("it is no PFX file");
}

function partsOf(block: BaseBlock | undefined): readonly BaseBlock[] {
  if (!(block instanceof Constructed)) throw new Malformed("it is no PFX file");
  return block.valueBlock.value;
}

/** What stands in an explicit tag. */
function inner(block: BaseBlock | undefined): BaseBlock {
  const [content] = partsOf(block);
  if (content === undefined) throw new Malformed("a part of the PFX file is empty");
  return content;
}

function oidOf(block: BaseBlock | undefined): string {
  return block instanceof ObjectIdentifier ? block.valueBlock.toString() : "";
}

/** Octets, in one piece or in several, under their own tag or an implicit one. */
function octetsOf(block: BaseBlock | undefined): Uint8Array {
  if (block instanceof OctetString) return new Uint8Array(block.getValue());
  if (block instanceof Primitive) return Uint8Array.from(block.valueBlock.valueHexView);
  if (block instanceof Constructed) return Buffer.concat(block.valueBlock.value.map(octetsOf));
  throw new Malformed("a part of the PFX file is missing");
}
