import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { fail } from "./errors.ts";

// A sealed box.
//
//   offset  size  field
//        0     1  layout: 1
//        1     4  key id: first bytes of SHA-256("vigil master key" | key)
//        5    12  nonce, random
//       17     n  ciphertext, AES-256-GCM
//   17 + n    16  tag, over the ciphertext and the place of the box
//
// The place (table and row) is the associated data: a box that somebody copies into another row does not open there.
// A random nonce of 96 bits stays unique up to 2^32 boxes under one key.  @source NIST SP 800-38D, 8.3

const layout = 1;
const keyBytes = 32;
const idBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + idBytes + nonceBytes;
/** Chosen: keys and chains are a few KiB. */
const maxPlainBytes = 256 * 1024;

interface Key {
  readonly id: Buffer;
  readonly bytes: Uint8Array;
}

/** The key under which everything secret is sealed. Older keys still open what was sealed under them. */
export class MasterKey {
  readonly #keys: readonly [Key, ...Key[]];

  /**
   * @param current 32 bytes; seals and opens
   * @param older open only
   * @throws credentials.master-key.malformed (caller)
   */
  constructor(current: Uint8Array, older: readonly Uint8Array[] = []) {
    this.#keys = [keyOf(current), ...older.map(keyOf)];
  }

  /** @param place table and row that the box will lie in */
  seal(plain: Uint8Array, place: string): Uint8Array {
    if (plain.length > maxPlainBytes) throw new RangeError(`a secret has at most ${maxPlainBytes} bytes`);
    const [key] = this.#keys;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(place, "utf8"));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return new Uint8Array(Buffer.concat([Uint8Array.of(layout), key.id, nonce, body, cipher.getAuthTag()]));
  }

  /** @throws credentials.master-key.other, credentials.secret.damaged (ours) */
  open(box: Uint8Array, place: string): Uint8Array {
    if (box.length < headBytes + tagBytes || box[0] !== layout) throw fail("credentials.secret.damaged");
    const bytes = Buffer.from(box.buffer, box.byteOffset, box.byteLength);
    const id = bytes.subarray(1, 1 + idBytes);
    const key = this.#keys.find((one) => one.id.equals(id));
    if (key === undefined) throw fail("credentials.master-key.other", { details: { keyId: id.toString("hex") } });
    const nonce = bytes.subarray(1 + idBytes, headBytes);
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(place, "utf8"));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    try {
      return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(headBytes, -tagBytes)), decipher.final()]));
    } catch (cause) {
      throw fail("credentials.secret.damaged", { cause });
    }
  }
}

function keyOf(bytes: Uint8Array): Key {
  if (bytes.length !== keyBytes) {
    throw fail("credentials.master-key.malformed", { details: { bytes: bytes.length, expected: keyBytes } });
  }
  const digest = createHash("sha256").update("vigil master key").update(bytes).digest();
  return { id: digest.subarray(0, idBytes), bytes: Uint8Array.from(bytes) };
}
