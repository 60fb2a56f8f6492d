import { constants, inflateRawSync } from "node:zlib";
import type { Inflater } from "./kvm-stream.ts";

/** How far back a deflate stream may refer. @source RFC 1951 */
const windowBytes = 32 * 1024;

/**
 * The inflater of Node; a browser brings another. Each piece ends on a whole byte, so that nothing but the last 32 KiB has to be
 * remembered from one to the next: they are given to zlib as a dictionary.
 */
export class NodeInflater implements Inflater {
  #window: Uint8Array = new Uint8Array();

  inflate(piece: Uint8Array, most: number): Uint8Array {
    const inflated = inflateRawSync(piece, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: most,
      ...(this.#window.length === 0 ? {} : { dictionary: this.#window }),
    });
    const kept = this.#window.subarray(Math.max(0, this.#window.length + inflated.length - windowBytes));
    this.#window = Buffer.concat([kept, inflated.subarray(Math.max(0, inflated.length - windowBytes))]);
    return inflated;
  }
}
