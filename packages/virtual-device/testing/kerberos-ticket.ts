import {
  application,
  field,
  readDer,
  tags,
  valueIn,
  writeDer,
  writeInteger,
  writeText,
  writeTime,
} from "@vigil/wire/der.ts";
import { wrapToken, writeRequest } from "@vigil/wire/negotiate.ts";
import { checksum, decrypt, encrypt, etypes, keyUsages, type KerberosKey } from "../kerberos/encryption.ts";

// A KDC and a client in one: tokens as a test wants them.

export interface TicketOptions {
  /** The device's. */
  readonly key: KerberosKey;
  /** By the client's clock, and the KDC's. */
  readonly nowMs: number;
  readonly principal?: string;
  readonly lifetimeMs?: number;
  readonly startsInMs?: number;
  readonly flags?: number;
  /** A PAC, signed or not; see signedPac(). */
  readonly pac?: Uint8Array;
  /** Who the authenticator says it is, when that is another. */
  readonly claims?: string;
  readonly isWrapped?: boolean;
  readonly wantsProof?: boolean;
  /** Makes two authenticators of one instant differ. */
  readonly microseconds?: number;
}

export interface Shown {
  readonly token: Uint8Array;
  readonly session: KerberosKey;
  /** @throws unless the reply proves that the device could read the ticket */
  check(reply: Uint8Array): void;
}

const realm = "LAB.EXAMPLE";
const confounder = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(0x55);
const octets = (bytes: Uint8Array): Uint8Array => writeDer(tags.octetString, bytes);
const fields = (...all: readonly (readonly [number, Uint8Array] | undefined)[]): Uint8Array =>
  writeDer(tags.sequence, ...all.flatMap((one) => (one === undefined ? [] : [writeDer(field(one[0]), one[1])])));

/** A client's token for the device. */
export function aToken(options: TicketOptions): Shown {
  const { key, nowMs, principal = "alice", lifetimeMs = 3_600_000, startsInMs = 0, pac } = options;
  const session = { ...key, bytes: key.bytes.map((byte, index) => byte ^ index ^ 0x77) };
  const part = writeDer(
    application(3),
    fields(
      [0, bits(options.flags ?? 0)],
      [1, fields([0, writeInteger(session.etype)], [1, octets(session.bytes)])],
      [2, writeText(realm)],
      [3, nameOf(principal)],
      [4, fields([0, writeInteger(0)], [1, octets(new Uint8Array())])],
      [5, writeTime(nowMs)],
      [6, writeTime(nowMs + startsInMs)],
      [7, writeTime(nowMs + lifetimeMs)],
      pac === undefined
        ? undefined
        : [10, writeDer(tags.sequence, element(1, writeDer(tags.sequence, element(128, pac))))],
    ),
  );
  const ticket = writeDer(
    application(1),
    fields(
      [0, writeInteger(5)],
      [1, writeText(realm)],
      [2, nameOf("HTTP/lone.lab.example:16992")],
      [3, sealed(key, keyUsages.ticket, part)],
    ),
  );
  const authenticator = writeDer(
    application(2),
    fields(
      [0, writeInteger(5)],
      [1, writeText(realm)],
      [2, nameOf(options.claims ?? principal)],
      [4, writeInteger(options.microseconds ?? 0)],
      [5, writeTime(nowMs)],
    ),
  );
  const request = writeDer(
    application(14),
    fields(
      [0, writeInteger(5)],
      [1, writeInteger(14)],
      [2, bits(options.wantsProof === false ? 0 : 0x2000_0000)],
      [3, ticket],
      [4, sealed(session, keyUsages.apRequest, authenticator)],
    ),
  );
  return {
    token: options.isWrapped === false ? writeRequest(request) : wrapToken(writeRequest(request)),
    session,
    check: (reply) => checkReply(reply, session, nowMs),
  };
}

/** The device has written the client's time with the key of both. */
function checkReply(reply: Uint8Array, session: KerberosKey, nowMs: number): void {
  const outer = readDer(reply);
  const token =
    outer.tag === field(1) ? readDer(valueIn(outer, tags.sequence, field(2), tags.octetString).value) : outer;
  // 06 09, the mechanism, 02 00, then AP-REP.
  const message = readDer(token.value.subarray(13));
  const cipher = valueIn(message, tags.sequence, field(2), tags.sequence, field(2), tags.octetString).value;
  const part = decrypt(session, keyUsages.apReply, cipher);
  if (part === undefined) throw new Error("the device's proof cannot be read");
  const time = valueIn(readDer(part), tags.sequence, field(0), tags.generalizedTime);
  const wanted = readDer(writeTime(nowMs));
  if (Buffer.compare(time.value, wanted.value) !== 0) throw new Error("the device's proof is of another time");
}

function sealed(key: KerberosKey, usage: number, plain: Uint8Array): Uint8Array {
  return fields([0, writeInteger(key.etype)], [2, octets(encrypt(key, usage, plain, confounder))]);
}

function element(kind: number, value: Uint8Array): Uint8Array {
  return fields([0, writeInteger(kind)], [1, octets(value)]);
}

function bits(value: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  return writeDer(tags.bitString, bytes);
}

function nameOf(text: string): Uint8Array {
  const parts = text.split("/");
  return fields([0, writeInteger(parts.length)], [1, writeDer(tags.sequence, ...parts.map(writeText))]);
}

export interface LogonOptions {
  /** The domain's identifier. */
  readonly domain: Uint8Array;
  readonly userId: number;
  readonly groupIds?: readonly number[];
  readonly further?: readonly Uint8Array[];
  readonly resourceDomain?: Uint8Array;
  readonly resourceIds?: readonly number[];
}

/** KERB_VALIDATION_INFO as Windows writes it. @source MS-PAC 2.5 */
export function logonInfo(options: LogonOptions): Uint8Array {
  const { domain, userId, groupIds = [], further = [], resourceDomain, resourceIds = [] } = options;
  const enabled = 7;
  let pointers = 0x0002_0000;
  const pointer = (isThere = true): number => (isThere ? (pointers += 4) : 0);
  const texts = ["alice", "Alice", "", "", "", ""];
  const textHead = (text: string): Uint8Array =>
    Buffer.concat([u16(text.length * 2), u16(text.length * 2), u32(pointer())]);
  const fixed = [
    Buffer.alloc(48, 0x7f),
    ...texts.map(textHead),
    u32(0x0001_0002),
    u32(userId),
    u32(513),
    u32(groupIds.length),
    u32(pointer(groupIds.length > 0)),
    u32(0x220),
    Buffer.alloc(16),
    textHead("DC"),
    textHead("LAB"),
    u32(pointer()),
    Buffer.alloc(8),
    u32(0x210),
    Buffer.alloc(28),
    u32(further.length),
    u32(pointer(further.length > 0)),
    u32(pointer(resourceDomain !== undefined)),
    u32(resourceIds.length),
    u32(pointer(resourceIds.length > 0)),
  ];
  const ids = (all: readonly number[]): Uint8Array[] =>
    all.length === 0 ? [] : [u32(all.length), ...all.flatMap((one) => [u32(one), u32(enabled)])];
  const sid = (one: Uint8Array): Uint8Array => Buffer.concat([u32(one[1] ?? 0), one]);
  const pointed = [
    ...texts.map(textOf),
    ...ids(groupIds),
    textOf("DC"),
    textOf("LAB"),
    sid(domain),
    ...(further.length === 0 ? [] : [u32(further.length), ...further.flatMap(() => [u32(pointer()), u32(enabled)])]),
    ...further.map(sid),
    ...(resourceDomain === undefined ? [] : [sid(resourceDomain)]),
    ...ids(resourceIds),
  ];
  const body = Buffer.concat([u32(0x0002_0000), ...fixed, ...pointed]);
  return Buffer.concat([Buffer.from("01100800cccccccc", "hex"), u32(body.length), u32(0), body]);
}

function textOf(text: string): Uint8Array {
  const characters = Buffer.from(text, "utf16le");
  const padding = Buffer.alloc((4 - (characters.length % 4)) % 4);
  return Buffer.concat([u32(text.length), u32(0), u32(text.length), characters, padding]);
}

/** A PAC that bears the service's signature. @param logon absent: as MIT's KDC makes it */
export function signedPac(key: KerberosKey, authTimeMs: number, logon?: Uint8Array): Uint8Array {
  const client = Buffer.alloc(20);
  const cutMs = authTimeMs - (authTimeMs % 1000);
  client.writeBigUInt64LE(BigInt(cutMs) * 10_000n + 116_444_736_000_000_000n);
  client.writeUInt16LE(10, 8);
  client.write("alice", 10, "utf16le");
  const type = key.etype === etypes.rc4 ? 0xffff_ff76 : key.etype === etypes.aes128 ? 15 : 16;
  const sum = (): Buffer => Buffer.concat([u32(type), Buffer.alloc(key.etype === etypes.rc4 ? 16 : 12)]);
  const parts: (readonly [type: number, bytes: Uint8Array])[] = [
    ...(logon === undefined ? [] : [[1, logon] as const]),
    [10, client],
    [6, sum()],
    [7, sum()],
  ];
  const head: Uint8Array[] = [u32(parts.length), u32(0)];
  const bodies: Uint8Array[] = [];
  let offset = 8 + parts.length * 16;
  let sumAt = 0;
  for (const [kind, bytes] of parts) {
    const room = Math.ceil(bytes.length / 8) * 8;
    head.push(u32(kind), u32(bytes.length), u32(offset), u32(0));
    bodies.push(bytes, Buffer.alloc(room - bytes.length));
    if (kind === 6) sumAt = offset + 4;
    offset += room;
  }
  const pac = Buffer.concat([...head, ...bodies]);
  pac.set(checksum(key, keyUsages.pac, pac), sumAt);
  return pac;
}

function u16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
