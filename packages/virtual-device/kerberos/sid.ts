import { malformed } from "./malformed.ts";

// A security identifier as firmware and Windows store it.  @source MS-DTYP 2.4.2.2; protocols B.11
//
//   0  1  revision, 1
//   1  1  number of sub-authorities, 0 to 15
//   2  6  authority, big-endian
//   8  4n sub-authorities, little-endian

/** Sub-authorities. */
const mostParts = 15;

/** The identifier at the beginning; undefined when there is none. @returns a copy */
export function sidAt(bytes: Uint8Array): Uint8Array | undefined {
  const count = bytes[1] ?? 0;
  const length = 8 + count * 4;
  const isSid = bytes[0] === 1 && count <= mostParts && bytes.length >= length;
  return isSid ? Uint8Array.from(bytes.subarray(0, length)) : undefined;
}

/** An account or group of a domain. @throws virtual.kerberos.malformed when the domain cannot have any */
export function sidIn(domain: Uint8Array, relativeId: number): Uint8Array {
  if ((domain[1] ?? 0) >= mostParts) throw malformed("no domain");
  const sid = Buffer.concat([domain, Buffer.alloc(4)]);
  sid[1] = (sid[1] ?? 0) + 1;
  sid.writeUInt32LE(relativeId, domain.length);
  return sid;
}

/** "S-1-5-21-1-2-3-1001" as bytes; undefined when it is none. */
export function sidFromText(text: string): Uint8Array | undefined {
  const parts = /^S-1-(\d{1,15})((?:-\d{1,10}){0,15})$/.exec(text);
  if (parts === null) return undefined;
  const subs = (parts[2] ?? "").split("-").slice(1).map(Number);
  if (subs.some((one) => one > 0xffff_ffff) || Number(parts[1]) >= 2 ** 48) return undefined;
  const sid = Buffer.alloc(8 + subs.length * 4);
  sid[0] = 1;
  sid[1] = subs.length;
  sid.writeUIntBE(Number(parts[1]), 2, 6);
  for (const [index, one] of subs.entries()) sid.writeUInt32LE(one, 8 + index * 4);
  return sid;
}
