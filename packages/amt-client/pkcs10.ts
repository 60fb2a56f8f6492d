// CertificationRequest ::= SEQUENCE {
//   certificationRequestInfo SEQUENCE { version 0, subject Name, subjectPKInfo, attributes [0] (none) },
//   signatureAlgorithm, signature BIT STRING }                                    @source RFC 2986, 4
//
// Written here, in forty lines, because the libraries for certificates want the private key, which only the device has.

/** Who the certificate is for. */
export interface RequestSubject {
  readonly commonName: string;
  readonly organization?: string;
}

export type RequestHash = "sha1" | "sha256" | "sha384";

/** An RSAPublicKey of 2048 bits has 270 bytes, one of 3072 has 398. */
const longest2048 = 300;

/** @source RFC 4519 (names), RFC 8017 (algorithms) */
const oid = {
  commonName: "0603550403",
  organizationName: "060355040a",
  rsaEncryption: "06092a864886f70d010101",
  sha1: "06092a864886f70d010105",
  sha256: "06092a864886f70d01010b",
  sha384: "06092a864886f70d01010c",
} as const;
const nothing = Buffer.from("0500", "hex");

/**
 * Writes a certificate request whose signature is all zeros: the device puts its own in place.
 * @param publicKey PKCS#1 RSAPublicKey, DER, as AMT_PublicPrivateKeyPair.DERKey has it
 * @param hash of the signature that the device is to make
 * @returns DER
 */
export function nullSignedRequest(
  publicKey: Uint8Array,
  subject: RequestSubject,
  hash: RequestHash = "sha256",
): Uint8Array {
  const names = [name(oid.commonName, subject.commonName)];
  if (subject.organization !== undefined) names.unshift(name(oid.organizationName, subject.organization));
  const version = Buffer.from("020100", "hex");
  const key = sequence(sequence(Buffer.from(oid.rsaEncryption, "hex"), nothing), bitString(publicKey));
  const attributes = Buffer.from("a000", "hex");
  const info = sequence(version, sequence(...names), key, attributes);
  const algorithm = sequence(Buffer.from(oid[hash], "hex"), nothing);
  // As long as the signature, so that the length fits wherever the device writes in place.
  return sequence(info, algorithm, bitString(new Uint8Array(publicKey.length > longest2048 ? 384 : 256)));
}

function name(type: string, value: string): Uint8Array {
  const utf8String = tagged(0x0c, Buffer.from(value, "utf8"));
  return tagged(0x31, sequence(Buffer.from(type, "hex"), utf8String));
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(0x30, Buffer.concat(parts));
}

/** Whole bytes only: no unused bits. */
function bitString(content: Uint8Array): Uint8Array {
  return tagged(0x03, Buffer.concat([Uint8Array.of(0), content]));
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(content.length)), content]);
}

/** One byte below 128; else their count and they, most significant first. @source X.690, 8.1.3 */
function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 0x100)) bytes.unshift(left % 0x100);
  return [0x80 | bytes.length, ...bytes];
}
