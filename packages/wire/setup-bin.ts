import { fail } from "./errors.ts";

// setup.bin on a USB stick: a header, then one record for each machine; chunks of 512 bytes, all integers little-endian.
//
//   header, one chunk
//   offset  size  field
//        0    16  which version of the format, by a GUID
//       16     2  chunks of this header, 1
//       18     2  bytes of it that count: 42 + 2 for each module
//       20     4  number of this record, 0
//       24     1  major version, the same as the GUID says
//       25     1  minor version
//       26     2  flags: 1 do not consume
//       28     4  number of data records
//       32     4  how many of them have been consumed
//       36     2  chunks of each data record
//       38     2  0
//       40     …  numbers of the modules, 2 bytes each, then 0
//
//   data record
//        0     4  1 data, 0 invalid
//        4     4  flags: 1 valid, 2 scrambled
//        8     8  0
//       16     2  chunks of this record
//       18     2  bytes of this head, 24
//       20     4  number of this record, from 1
//       24     …  variables, then zeros
//
//   variable
//        0     2  module; 0 ends the list
//        2     2  variable
//        4     2  length of the value
//        6     2  0
//        8     n  value, then zeros up to the next multiple of 4
//
// A scrambled record has 0x11 added to each byte from 24 on, modulo 256: it hides nothing from anybody.  @source protocols C.9

export type SetupVersion = 1 | 2 | 3 | 4;

/** One value of a record, as it lies there; setup-variables.ts knows their names. */
export interface SetupVariable {
  readonly module: number;
  readonly variable: number;
  readonly value: Uint8Array;
}

/** What one machine is told. */
export interface SetupRecord {
  /** False once a machine has taken it. */
  readonly isValid: boolean;
  readonly isScrambled: boolean;
  readonly variables: readonly SetupVariable[];
}

export interface SetupFile {
  readonly version: SetupVersion;
  readonly minorVersion: number;
  /** True: a machine leaves its record as it was, and the next one takes the same. */
  readonly isKept: boolean;
  readonly consumed: number;
  readonly records: readonly SetupRecord[];
}

export const setupChunkBytes = 512;
const recordHeadBytes = 24;
const scramble = 0x11;
/** Chosen: a stick for a whole delivery; 5 MB. */
const mostRecords = 10_000;
/** Chosen: four chunks hold every variable that is known, each at its longest, twice over. UNVERIFIED: only single ones were seen. */
const mostChunks = 8;
/** The numbers of the modules have to fit into the header's chunk. */
const mostModules = (setupChunkBytes - 42) / 2;

/** In the order of the file. */
const guids: Readonly<Record<SetupVersion, string>> = {
  1: "b516fb7187cbf94ab441ca7b383578f9",
  2: "96b28158cf6b724c8b91a15e512e99c4",
  3: "a7f7f6c689c4f64793ede2e5020da51d",
  4: "aaa93452e129a9448d4d081c07b96353",
};

/** Variables are written in the order given; machines want them sorted by module and number. @throws wire.setup-bin.malformed, wire.setup-bin.too-large (caller) */
export function encodeSetupFile(file: SetupFile): Uint8Array {
  const { records } = file;
  if (records.length > mostRecords) throw tooLarge("records", records.length, mostRecords);
  const payloads = records.map(({ variables }) => payloadOf(variables));
  const longest = Math.max(0, ...payloads.map(({ length }) => length));
  const chunks = Math.max(1, Math.ceil((recordHeadBytes + longest) / setupChunkBytes));
  if (chunks > mostChunks) throw tooLarge("chunks", chunks, mostChunks);
  return Buffer.concat([
    headerOf(file, chunks),
    ...records.map((record, index) => recordBytes(record, index + 1, payloads[index] ?? new Uint8Array(), chunks)),
  ]);
}

function headerOf({ version, minorVersion, isKept, consumed, records }: SetupFile, chunks: number): Uint8Array {
  const modules = modulesOf(records);
  if (consumed > records.length) throw malformed(32, `at most ${records.length}`, consumed);
  const header = Buffer.alloc(setupChunkBytes);
  header.set(Buffer.from(guids[version], "hex"), 0);
  header.writeUInt16LE(1, 16);
  header.writeUInt16LE(42 + 2 * modules.length, 18);
  header.writeUInt8(version, 24);
  header.writeUInt8(minorVersion, 25);
  header.writeUInt16LE(isKept ? 1 : 0, 26);
  header.writeUInt32LE(records.length, 28);
  header.writeUInt32LE(consumed, 32);
  header.writeUInt16LE(chunks, 36);
  for (const [index, one] of modules.entries()) header.writeUInt16LE(one, 40 + 2 * index);
  return header;
}

/** The numbers of all modules, sorted. @throws wire.setup-bin.too-large */
function modulesOf(records: readonly SetupRecord[]): readonly number[] {
  const modules = new Set(records.flatMap(({ variables }) => variables.map((one) => one.module)));
  if (modules.size > mostModules) throw tooLarge("modules", modules.size, mostModules);
  return [...modules].sort((one, other) => one - other);
}

function recordBytes(record: SetupRecord, number: number, payload: Uint8Array, chunks: number): Uint8Array {
  const bytes = Buffer.alloc(chunks * setupChunkBytes);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE((record.isValid ? 1 : 0) | (record.isScrambled ? 2 : 0), 4);
  bytes.writeUInt16LE(chunks, 16);
  bytes.writeUInt16LE(recordHeadBytes, 18);
  bytes.writeUInt32LE(number, 20);
  bytes.set(payload, recordHeadBytes);
  if (record.isScrambled) shift(bytes.subarray(recordHeadBytes), scramble);
  return bytes;
}

function payloadOf(variables: readonly SetupVariable[]): Uint8Array {
  return Buffer.concat(
    variables.map(({ module, variable, value }) => {
      if (module < 1 || module > 0xffff || variable < 1 || variable > 0xffff || value.length > 0xffff) {
        throw fail("wire.setup-bin.malformed", { details: { field: "variable", module, variable } });
      }
      const bytes = Buffer.alloc(8 + padded(value.length));
      bytes.writeUInt16LE(module, 0);
      bytes.writeUInt16LE(variable, 2);
      bytes.writeUInt16LE(value.length, 4);
      bytes.set(value, 8);
      return bytes;
    }),
  );
}

/**
 * Reads a whole file; bytes after it are refused.
 * @throws wire.setup-bin.truncated, wire.setup-bin.malformed, wire.setup-bin.too-large (caller); details: offset, expected, got
 */
export function decodeSetupFile(bytes: Uint8Array): SetupFile {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  need(view, 16);
  const guid = view.toString("hex", 0, 16);
  const version = ([1, 2, 3, 4] as const).find((one) => guids[one] === guid);
  if (version === undefined) throw malformed(0, "the GUID of version 1, 2, 3 or 4", guid);
  need(view, setupChunkBytes);
  expectNumber(view.readUInt16LE(16), 1, 16);
  expectNumber(view.readUInt8(24), version, 24);
  const flags = view.readUInt16LE(26);
  if (flags > 1) throw malformed(26, "0 or 1", flags);
  const count = view.readUInt32LE(28);
  if (count > mostRecords) throw tooLarge("records", count, mostRecords);
  const consumed = view.readUInt32LE(32);
  if (consumed > count) throw malformed(32, `at most ${count}`, consumed);
  const chunks = view.readUInt16LE(36);
  if (chunks < 1 || chunks > mostChunks) throw malformed(36, `1 to ${mostChunks}`, chunks);
  const size = chunks * setupChunkBytes;
  const end = setupChunkBytes + count * size;
  need(view, end);
  if (view.length > end) throw malformed(end, "the end", view.length - end);
  const records = Array.from({ length: count }, (_, index) => recordAt(view, setupChunkBytes + index * size, size));
  modulesOf(records);
  return { version, minorVersion: view.readUInt8(25), isKept: flags === 1, consumed, records };
}

function recordAt(view: Buffer, start: number, size: number): SetupRecord {
  const type = view.readUInt32LE(start);
  if (type > 1) throw malformed(start, "0 or 1", type);
  const flags = view.readUInt32LE(start + 4);
  if (flags > 3) throw malformed(start + 4, "0 to 3", flags);
  expectNumber(view.readUInt16LE(start + 18), recordHeadBytes, start + 18);
  const payload = Buffer.from(view.subarray(start + recordHeadBytes, start + size));
  const isScrambled = (flags & 2) !== 0;
  if (isScrambled) shift(payload, 0x100 - scramble);
  return {
    isValid: type === 1 && (flags & 1) !== 0,
    isScrambled,
    variables: variablesIn(payload, start + recordHeadBytes),
  };
}

/** @param offset of the payload in the file, for errors */
function variablesIn(payload: Buffer, offset: number): SetupVariable[] {
  const variables: SetupVariable[] = [];
  for (let at = 0; at + 8 <= payload.length && payload.readUInt16LE(at) !== 0;) {
    const variable = payload.readUInt16LE(at + 2);
    if (variable === 0) throw malformed(offset + at + 2, "1 or more", variable);
    const length = payload.readUInt16LE(at + 4);
    const start = at + 8;
    const next = start + padded(length);
    if (next > payload.length) throw malformed(offset + at + 4, `at most ${payload.length - start}`, length);
    const value = new Uint8Array(payload.subarray(start, start + length));
    variables.push({ module: payload.readUInt16LE(at), variable, value });
    at = next;
  }
  return variables;
}

/** A machine takes the next valid record. What it leaves behind is UNVERIFIED: here the record is marked and counted, and stays. */
export function consumeRecord(file: SetupFile): { readonly record: SetupRecord; readonly left: SetupFile } | undefined {
  const index = file.records.findIndex(({ isValid }) => isValid);
  const record = file.records[index];
  if (record === undefined) return undefined;
  if (file.isKept) return { record, left: file };
  const records = file.records.with(index, { ...record, isValid: false });
  return { record, left: { ...file, records, consumed: Math.min(records.length, file.consumed + 1) } };
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function shift(bytes: Buffer, by: number): void {
  for (const [index, one] of bytes.entries()) bytes[index] = (one + by) & 0xff;
}

function need(view: Buffer, bytes: number): void {
  if (view.length < bytes) {
    throw fail("wire.setup-bin.truncated", { details: { offset: view.length, expected: bytes, got: view.length } });
  }
}

function expectNumber(got: number, expected: number, offset: number): void {
  if (got !== expected) throw malformed(offset, `${expected}`, got);
}

function malformed(offset: number, expected: string, got: number | string): Error {
  return fail("wire.setup-bin.malformed", { details: { offset, expected, got } });
}

function tooLarge(what: string, got: number, most: number): Error {
  return fail("wire.setup-bin.too-large", { details: { what, got, most } });
}
