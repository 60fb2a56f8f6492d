import { fail } from "../errors.ts";
import { mostTileBytes } from "./kvm-tile.ts";

// What stands in a rectangle of encoding 16, after its length: one tile, in either way.  @source protocols D.5
//
//   stored     0, length n (2 bytes, little-endian), its complement, n bytes: a stored block of deflate, and nothing else
//   deflated   a piece of one deflate stream (RFC 1951, no header), which ends with a flush and so on a whole byte
//
// The stream goes through the session: a piece may refer to what earlier pieces held. What was stored is no part of that;
// UNVERIFIED, but viewers of others never feed it to their inflater.

/** The reader's end of the deflate stream. */
export interface Inflater {
  /**
   * Takes the next piece. @param most bytes that it may become: more is refused before there is room for it
   * @throws whatever is wrong with the piece
   */
  inflate(piece: Uint8Array, most: number): Uint8Array;
}

const storedHead = 5;

export function encodeStored(tile: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(storedHead + tile.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(1, tile.length, true);
  view.setUint16(3, ~tile.length & 0xffff, true);
  bytes.set(tile, storedHead);
  return bytes;
}

/** @returns the tile, for `decodeTile` @throws wire.kvm.malformed (device) */
export function decodePiece(bytes: Uint8Array, inflater: Inflater): Uint8Array {
  if (isStored(bytes)) return bytes.subarray(storedHead);
  try {
    return inflater.inflate(bytes, mostTileBytes);
  } catch (cause) {
    throw fail("wire.kvm.malformed", { details: { expected: "a piece of a deflate stream" }, cause });
  }
}

function isStored(bytes: Uint8Array): boolean {
  if (bytes.length < storedHead || bytes[0] !== 0) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getUint16(1, true);
  return length === bytes.length - storedHead && view.getUint16(3, true) === (~length & 0xffff);
}
