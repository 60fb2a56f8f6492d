import { fail } from "./errors.ts";
import { bytesFromUuid, uuidFromBytes } from "./uuid.ts";

// Hello record, TCP 9971, one per connection, all integers little-endian.  @source protocols C.2
//
//   offset  size  field
//        0     2  admin credentials set: 0 or 1
//        2     2  version: 1, 2 (pre-shared key) or 3 (certificate hashes)
//        4     4  retry counter
//        8    16  UUID, SMBIOS order
//   version 1 and 2
//       24     8  PID, ASCII without dash
//   version 3
//       24     1  number of hashes
//       25     …  per hash: type (1 SHA-1, 2 SHA-256, 3 SHA-384), length (20, 32, 48), bytes

/** The hash of a root certificate that the device trusts. */
export interface RootHash {
  readonly algorithm: "sha1" | "sha256" | "sha384";
  /** Lower-case hex. */
  readonly hash: string;
}

interface HelloHead {
  readonly hasAdminCredentials: boolean;
  readonly retryCount: number;
  readonly uuid: string;
}

/**
 * A device asking to be set up. Version 1 (AMT 2.1 and before) is read and written with the layout of version 2:
 * UNVERIFIED, no source describes it.
 */
export type Hello =
  | (HelloHead & { readonly version: 1 | 2; readonly pid: string })
  | (HelloHead & { readonly version: 3; readonly rootHashes: readonly RootHash[] });

/** 255 hashes of 50 bytes after 25 bytes of head: no hello is longer. */
export const maxHelloBytes = 25 + 255 * (2 + 48);

const algorithms = { sha1: [1, 20], sha256: [2, 32], sha384: [3, 48] } as const;

/** @throws wire.uuid.malformed, wire.hello.malformed (caller) */
export function encodeHello(hello: Hello): Uint8Array {
  const head = Buffer.alloc(24);
  head.writeUInt16LE(hello.hasAdminCredentials ? 1 : 0, 0);
  head.writeUInt16LE(hello.version, 2);
  head.writeUInt32LE(hello.retryCount, 4);
  head.set(bytesFromUuid(hello.uuid), 8);
  if (hello.version !== 3) {
    if (!/^[\x20-\x7e]{8}$/.test(hello.pid)) throw fail("wire.hello.malformed", { details: { field: "pid" } });
    return new Uint8Array(Buffer.concat([head, Buffer.from(hello.pid, "latin1")]));
  }
  if (hello.rootHashes.length > 255) throw fail("wire.hello.malformed", { details: { field: "hash count" } });
  const hashes = hello.rootHashes.map(({ algorithm, hash }) => {
    const [type, length] = algorithms[algorithm];
    if (!/^[0-9a-f]+$/.test(hash) || hash.length !== length * 2) {
      throw fail("wire.hello.malformed", { details: { field: "hash" } });
    }
    return Buffer.concat([Uint8Array.of(type, length), Buffer.from(hash, "hex")]);
  });
  return new Uint8Array(Buffer.concat([head, Uint8Array.of(hashes.length), ...hashes]));
}

/**
 * Reads one record; bytes after it are refused.
 * @throws wire.hello.truncated, wire.hello.version-unsupported, wire.hello.malformed, wire.hello.too-large (device);
 *   details: offset, expected, got
 */
export function decodeHello(bytes: Uint8Array): Hello {
  if (bytes.length > maxHelloBytes) {
    throw fail("wire.hello.too-large", { details: { bytes: bytes.length, maxBytes: maxHelloBytes } });
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  need(view, 4);
  const version = view.readUInt16LE(2);
  if (version !== 1 && version !== 2 && version !== 3) {
    throw fail("wire.hello.version-unsupported", { details: { offset: 2, expected: "1, 2 or 3", got: version } });
  }
  need(view, 24);
  const admin = view.readUInt16LE(0);
  if (admin > 1) throw malformed(0, "admin credentials: 0 or 1", admin);
  const head: HelloHead = {
    hasAdminCredentials: admin === 1,
    retryCount: view.readUInt32LE(4),
    uuid: uuidFromBytes(view.subarray(8, 24)),
  };
  return version === 3 ? withHashes(view, head) : withPid(view, head, version);
}

function withPid(view: Buffer, head: HelloHead, version: 1 | 2): Hello {
  need(view, 32);
  end(view, 32);
  const pid = view.toString("latin1", 24, 32);
  if (!/^[\x20-\x7e]{8}$/.test(pid)) throw malformed(24, "8 ASCII characters", view.toString("hex", 24, 32));
  return { version, ...head, pid };
}

function withHashes(view: Buffer, head: HelloHead): Hello {
  need(view, 25);
  const count = view.readUInt8(24);
  const rootHashes: RootHash[] = [];
  let offset = 25;
  for (let index = 0; index < count; index += 1) {
    need(view, offset + 2);
    const type = view.readUInt8(offset);
    const algorithm = type === 1 ? "sha1" : type === 2 ? "sha256" : type === 3 ? "sha384" : undefined;
    if (algorithm === undefined) throw malformed(offset, "hash type 1, 2 or 3", type);
    const length = view.readUInt8(offset + 1);
    if (length !== algorithms[algorithm][1]) throw malformed(offset + 1, `length ${algorithms[algorithm][1]}`, length);
    need(view, offset + 2 + length);
    rootHashes.push({ algorithm, hash: view.toString("hex", offset + 2, offset + 2 + length) });
    offset += 2 + length;
  }
  end(view, offset);
  return { version: 3, ...head, rootHashes };
}

function need(view: Buffer, bytes: number): void {
  if (view.length < bytes) {
    throw fail("wire.hello.truncated", { details: { offset: view.length, expected: bytes, got: view.length } });
  }
}

function end(view: Buffer, offset: number): void {
  if (view.length > offset) throw malformed(offset, "the end", view.length - offset);
}

function malformed(offset: number, expected: string, got: number | string): Error {
  return fail("wire.hello.malformed", { details: { offset, expected, got } });
}
