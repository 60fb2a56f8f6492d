import { createPublicKey, sign } from "node:crypto";

// CertificationRequest ::= SEQUENCE { certificationRequestInfo, signatureAlgorithm, signature BIT STRING }.  @source RFC 2986

/** Signature algorithm identifiers, DER, by the model's word. @source protocols B.12 */
const algorithms = {
  sha1: ["sha1", "300d06092a864886f70d0101050500"],
  sha256: ["sha256", "300d06092a864886f70d01010b0500"],
  sha384: ["sha384", "300d06092a864886f70d01010c0500"],
} as const;

/** Signs the request that a manager prepared with a null signature. @returns DER; undefined when it cannot be read or is for another key */
export function signRequest(
  nullSigned: Uint8Array,
  algorithm: keyof typeof algorithms,
  privatePem: string,
): Uint8Array | undefined {
  const outer = contentOf(nullSigned, 0);
  const info = outer === undefined ? undefined : elementAt(nullSigned, outer.start);
  if (info === undefined || info[0] !== 0x30) return undefined;
  const spki = createPublicKey(privatePem).export({ type: "spki", format: "der" });
  if (Buffer.from(info).indexOf(spki) < 0) return undefined;
  const [digest, identifier] = algorithms[algorithm];
  const signature = sign(digest, info, privatePem);
  return wrap(
    0x30,
    Buffer.concat([info, Buffer.from(identifier, "hex"), wrap(0x03, Buffer.concat([Uint8Array.of(0), signature]))]),
  );
}

function contentOf(der: Uint8Array, at: number): { readonly start: number; readonly end: number } | undefined {
  const first = der[at + 1];
  if (first === undefined) return undefined;
  if (first < 0x80) return within(der, at + 2, first);
  const count = first & 0x7f;
  // Two length bytes reach 64 KiB, more than any request.
  if (count === 0 || count > 2) return undefined;
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (der[at + 2 + index] ?? 0);
  return within(der, at + 2 + count, length);
}

function within(der: Uint8Array, start: number, length: number): { start: number; end: number } | undefined {
  return start + length <= der.length ? { start, end: start + length } : undefined;
}

function elementAt(der: Uint8Array, at: number): Uint8Array | undefined {
  const content = contentOf(der, at);
  return content === undefined ? undefined : der.subarray(at, content.end);
}

function wrap(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from(head), content]);
}
