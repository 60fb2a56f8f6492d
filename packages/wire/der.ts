import { fail } from "./errors.ts";

// DER as Kerberos and SPNEGO use it: tags of one byte, definite lengths.  @source ITU-T X.690, 8.1 and 10.1

/** One value. */
export interface Der {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Tags that Kerberos and SPNEGO use. @source ITU-T X.680, 8.4 */
export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  generalString: 0x1b,
  sequence: 0x30,
} as const;

/** The tag of field [n] of a sequence. */
export function field(number: number): number {
  return 0xa0 + number;
}

/** The tag of a type that is known by its number alone. */
export function application(number: number): number {
  return 0x60 + number;
}

/** Chosen: a token with the groups of an Active Directory user has some kilobytes. */
const mostBytes = 64 * 1024;
/** Chosen: the most numerous list is a PAC's, and that one is not DER. */
const mostChildren = 1_024;
/** Bytes of a length; more would pass `mostBytes`. */
const mostLengthBytes = 3;
/** A sequence number of 32 bits, with the zero before it that keeps it positive. */
const mostIntegerBytes = 5;

/** Reads the value at the beginning; what follows it is left alone. @throws wire.der.malformed */
export function readDer(bytes: Uint8Array): Der {
  return readAt(bytes, 0).der;
}

/** Reads the values inside a constructed one. @throws wire.der.malformed */
export function childrenOf({ value }: Der): readonly Der[] {
  const children: Der[] = [];
  for (let offset = 0; offset < value.length;) {
    if (children.length >= mostChildren) throw malformed(offset, "fewer values", "more");
    const { der, end } = readAt(value, offset);
    children.push(der);
    offset = end;
  }
  return children;
}

/** The value behind a row of tags, each inside the one before; undefined when one of them is missing. @throws wire.der.malformed */
export function findIn(from: Der, ...path: readonly number[]): Der | undefined {
  let one: Der | undefined = from;
  for (const tag of path) {
    if (one === undefined) return undefined;
    one = childrenOf(one).find((child) => child.tag === tag);
  }
  return one;
}

/** Like findIn(), for what must be there. @throws wire.der.malformed */
export function valueIn(from: Der, ...path: readonly number[]): Der {
  const found = findIn(from, ...path);
  if (found === undefined) throw malformed(0, `tags ${path.map(hexOf).join(" ")}`, hexOf(from.tag));
  return found;
}

/** A whole number of at most 33 bits, two's complement. @throws wire.der.malformed */
export function integerIn({ value }: Der): number {
  const [first = 0] = value;
  if (value.length === 0 || value.length > mostIntegerBytes) throw malformed(0, "an integer", value.length);
  const unsigned = value.reduce((sum, byte) => sum * 256 + byte, 0);
  return first < 0x80 ? unsigned : unsigned - 256 ** value.length;
}

/** "20261124180000Z" as milliseconds since 1970. @throws wire.der.malformed @source RFC 4120, 5.2.3 */
export function timeIn({ value }: Der): number {
  const text = Buffer.from(value).toString("latin1");
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) throw malformed(0, "a time", value.length);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export function textIn({ value }: Der): string {
  return Buffer.from(value).toString("utf8");
}

export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const value = Buffer.concat(parts);
  const { length } = value;
  if (length > mostBytes) throw malformed(0, `at most ${mostBytes} bytes`, length);
  const head =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x1_0000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...head), value]);
}

/** @param value at most 32 bits, negative ones included */
export function writeInteger(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  do {
    bytes.unshift(((left % 256) + 256) % 256);
    left = Math.floor(left / 256);
  } while (left !== 0 && left !== -1);
  const isNegative = (bytes[0] ?? 0) >= 0x80;
  if (isNegative !== value < 0) bytes.unshift(value < 0 ? 0xff : 0);
  return writeDer(tags.integer, Uint8Array.from(bytes));
}

/** @param ms milliseconds since 1970; what is below a second is cut off */
export function writeTime(ms: number): Uint8Array {
  const text = new Date(ms)
    .toISOString()
    .replaceAll(/[-:T]/g, "")
    .replace(/\.\d+Z$/, "Z");
  return writeDer(tags.generalizedTime, Buffer.from(text, "latin1"));
}

export function writeText(text: string): Uint8Array {
  return writeDer(tags.generalString, Buffer.from(text, "utf8"));
}

function readAt(bytes: Uint8Array, from: number): { readonly der: Der; readonly end: number } {
  if (bytes.length > mostBytes) throw malformed(from, `at most ${mostBytes} bytes`, bytes.length);
  const tag = bytes[from];
  const first = bytes[from + 1];
  if (tag === undefined || first === undefined) throw malformed(from, "tag and length", "the end");
  if ((tag & 0x1f) === 0x1f) throw malformed(from, "a tag of one byte", hexOf(tag));
  let length = first;
  let start = from + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > mostLengthBytes) throw malformed(from + 1, "a definite length", hexOf(first));
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[start + index] ?? 0);
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw malformed(from, `${length} bytes`, bytes.length - start);
  return { der: { tag, value: bytes.subarray(start, end) }, end };
}

function hexOf(byte: number): string {
  return `0x${byte.toString(16)}`;
}

function malformed(offset: number, expected: string, got: string | number): Error {
  return fail("wire.der.malformed", { details: { offset, expected, got } });
}
