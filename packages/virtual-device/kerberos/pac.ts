import { timingSafeEqual } from "node:crypto";
import { checksum, etypes, keyUsages, type KerberosKey } from "./encryption.ts";
import { readLogonInfo, type Account } from "./logon-info.ts";
import { malformed } from "./malformed.ts";
import { NdrReader } from "./ndr.ts";

// PACTYPE.  @source MS-PAC 2.3
//
//   0  4   number of parts
//   4  4   version, 0
//   8  16n of each part: type u32, size u32, offset u64
//          the parts, at multiples of 8

/** Types of parts. @source MS-PAC 2.4 */
const parts = { logonInfo: 1, serverSum: 6, kdcSum: 7, clientInfo: 10 } as const;
/** Chosen: eleven types are known. */
const mostParts = 32;

/** By encryption of the service's key. @source MS-PAC 2.8 */
const sumTypes: Readonly<Record<number, number>> = {
  [etypes.rc4]: 0xffff_ff76,
  [etypes.aes128]: 15,
  [etypes.aes256]: 16,
};

/** Hundreds of nanoseconds from 1601 to 1970. @source MS-DTYP 2.3.3 */
const unixEpoch = 116_444_736_000_000_000n;

/**
 * Reads who the user is. The PAC must bear the signature that only the KDC and this service can make, and be of this ticket:
 * otherwise a client could bring its own.
 * @param authTimeMs of the ticket
 * @returns undefined when the KDC knows of no account, as MIT's does
 * @throws virtual.kerberos.malformed
 */
export function readPac(bytes: Uint8Array, key: KerberosKey, authTimeMs: number): Account | undefined {
  const table = partsIn(bytes);
  const find = (type: number): Part | undefined => table.find((one) => one.type === type);
  const server = find(parts.serverSum);
  const client = find(parts.clientInfo);
  if (server === undefined || client === undefined) throw malformed("an unsigned PAC");
  const signed = Buffer.from(bytes);
  for (const one of [server, find(parts.kdcSum)]) if (one !== undefined) blank(signed, one);
  const isOurs = new NdrReader(bytes, server.offset).u32() === sumTypes[key.etype];
  const expected = checksum(key, keyUsages.pac, signed);
  const given = bytes.subarray(server.offset + 4, server.offset + 4 + expected.length);
  if (!isOurs || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw malformed("a PAC that another one signed");
  }
  const madeAt = new NdrReader(bytes, client.offset).u64();
  if (madeAt !== BigInt(authTimeMs) * 10_000n + unixEpoch) throw malformed("a PAC of another ticket");
  const logon = find(parts.logonInfo);
  if (logon === undefined) return undefined;
  return readLogonInfo(bytes.subarray(logon.offset, logon.offset + logon.size));
}

interface Part {
  readonly type: number;
  readonly size: number;
  readonly offset: number;
}

function partsIn(bytes: Uint8Array): readonly Part[] {
  const ndr = new NdrReader(bytes);
  const count = ndr.u32();
  if (count > mostParts || ndr.u32() !== 0) throw malformed("no PAC");
  return Array.from({ length: count }, () => {
    const type = ndr.u32();
    const size = ndr.u32();
    const offset = ndr.u64();
    if (offset + BigInt(size) > BigInt(bytes.length)) throw malformed("a part outside of the PAC");
    return { type, size, offset: Number(offset) };
  });
}

/** Signatures are made while their own places are zero; their types stand. */
function blank(bytes: Buffer, { offset, size }: Part): void {
  if (size > 4) bytes.fill(0, offset + 4, offset + size);
}
