import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

// How entries are chained. The hash of an entry covers its fields and the hash of the entry before it, under a key that is not in the
// database: whoever can write to the database cannot make a hash. Entries from before there was a key (`path` is null) are chained by
// SHA-256 alone, and stand at the beginning. The end is sealed with the same key: an entry that is last now cannot be taken away unnoticed.

/** An entry as it is stored: what is hashed of it, and its hash. */
export interface Linked {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly device: string | null;
  readonly summary: string;
  readonly details: string;
  /** Null before entries had one. */
  readonly path: string | null;
  readonly hash: Uint8Array;
}

export interface End {
  readonly id: number;
  readonly hash: Uint8Array;
  readonly seal: Uint8Array;
}

/** @param masterKey 32 bytes */
export function chainKeyFrom(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(), "vigil audit chain", 32));
}

export function hashOf(key: Uint8Array, entry: Omit<Linked, "hash">, previous: Uint8Array | undefined): Uint8Array {
  const { id, at, actor, action, device, summary, details, path } = entry;
  const fields = [id, at.toISOString(), actor, action, device, summary, details];
  const hasher = path === null ? createHash("sha256") : createHmac("sha256", key);
  return hasher
    .update(previous ?? new Uint8Array())
    .update(JSON.stringify(path === null ? fields : [...fields, path]))
    .digest();
}

export function endAt(key: Uint8Array, { id, hash }: Pick<End, "id" | "hash">): End {
  return { id, hash, seal: sealOf(key, id, hash) };
}

/** Whether nobody but Vigil has written it. */
export function isGenuine(key: Uint8Array, end: End): boolean {
  return isSame(end.seal, sealOf(key, end.id, end.hash));
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function sealOf(key: Uint8Array, id: number, hash: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(`end ${id} `).update(hash).digest();
}
