import { malformed } from "./malformed.ts";
import { NdrReader } from "./ndr.ts";
import { sidAt, sidIn } from "./sid.ts";

/** Who a user is to Windows. */
export interface Account {
  readonly sid: Uint8Array;
  /** Of the groups that the user belongs to, nested ones included. */
  readonly groups: readonly Uint8Array[];
}

// KERB_VALIDATION_INFO, offsets behind two headers of 8 bytes and the pointer of 4.  @source MS-PAC 2.5, MS-RPCE 2.2.6
//
//   0    48  six times
//   48   48  six texts: length, room, pointer
//   96   4   two counters
//   100  4   user's relative identifier
//   104  4   primary group's
//   108  8   number of groups, pointer
//   116  20  flags, session key
//   136  16  two texts: server, domain
//   152  4   pointer to the domain's identifier
//   156  40  reserved, account control, status, times
//   196  8   number of further identifiers, pointer
//   204  12  pointer to the resource domain's identifier, number of its groups, pointer
//   216      what was pointed at, in this order

/**
 * Reads the user and the groups out of a PAC's logon information.
 * @throws virtual.kerberos.malformed
 */
export function readLogonInfo(bytes: Uint8Array): Account {
  const ndr = new NdrReader(bytes);
  // Version 1, little-endian, header of 8 bytes; then the length, which what follows has anyway.
  if (ndr.u16() !== 0x1001 || ndr.u16() !== 8) throw malformed("not little-endian");
  ndr.skip(12);
  if (!ndr.pointer()) throw malformed("no logon information");
  ndr.skip(48);
  const texts = [0, 1, 2, 3, 4, 5].map(() => textHead(ndr));
  ndr.skip(4);
  const userId = ndr.u32();
  ndr.skip(8);
  const hasGroups = ndr.pointer();
  ndr.skip(20);
  const domainTexts = [textHead(ndr), textHead(ndr)];
  const hasDomain = ndr.pointer();
  ndr.skip(44);
  const hasFurther = ndr.pointer();
  const hasResourceDomain = ndr.pointer();
  ndr.skip(4);
  const hasResourceGroups = ndr.pointer();
  for (const isThere of texts) if (isThere) skipText(ndr);
  const groupIds = hasGroups ? relativeIds(ndr) : [];
  for (const isThere of domainTexts) if (isThere) skipText(ndr);
  const domain = hasDomain ? readSid(ndr) : undefined;
  const further = hasFurther ? furtherSids(ndr) : [];
  const resourceDomain = hasResourceDomain ? readSid(ndr) : undefined;
  const resourceIds = hasResourceGroups ? relativeIds(ndr) : [];
  return accountOf(userId, domain, [
    ...(domain === undefined ? [] : groupIds.map((one) => sidIn(domain, one))),
    ...further,
    ...(resourceDomain === undefined ? [] : resourceIds.map((one) => sidIn(resourceDomain, one))),
  ]);
}

/** A user from outside the domain has no relative identifier: then the first further one is the user's. @source MS-PAC 2.5 "UserId" */
function accountOf(userId: number, domain: Uint8Array | undefined, sids: readonly Uint8Array[]): Account {
  if (userId !== 0 && domain !== undefined) return { sid: sidIn(domain, userId), groups: sids };
  const [sid, ...groups] = sids;
  if (sid === undefined) throw malformed("no user");
  return { sid, groups };
}

function textHead(ndr: NdrReader): boolean {
  ndr.skip(4);
  return ndr.pointer();
}

/** Room, offset, length, then so many characters of two bytes. */
function skipText(ndr: NdrReader): void {
  ndr.skip(8);
  ndr.skip(ndr.count(2) * 2);
  ndr.align();
}

/** Each with its attributes, of which only "enabled" matters. @source MS-PAC 2.2.2 */
function relativeIds(ndr: NdrReader): number[] {
  return Array.from({ length: ndr.count(8) }, () => ({ id: ndr.u32(), attributes: ndr.u32() }))
    .filter(({ attributes }) => isEnabled(attributes))
    .map(({ id }) => id);
}

function furtherSids(ndr: NdrReader): Uint8Array[] {
  const heads = Array.from({ length: ndr.count(8) }, () => ({ isThere: ndr.pointer(), attributes: ndr.u32() }));
  return heads.flatMap(({ isThere, attributes }) => {
    const sid = isThere ? readSid(ndr) : undefined;
    return sid !== undefined && isEnabled(attributes) ? [sid] : [];
  });
}

function readSid(ndr: NdrReader): Uint8Array {
  const sid = sidAt(ndr.bytes(8 + ndr.count(4) * 4));
  if (sid === undefined) throw malformed("no security identifier");
  return sid;
}

/** SE_GROUP_ENABLED */
function isEnabled(attributes: number): boolean {
  return (attributes & 4) !== 0;
}
