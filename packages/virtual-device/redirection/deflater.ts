import { constants, createDeflateRaw } from "node:zlib";

/** The firmware's end of the deflate stream that goes through a KVM session. @source protocols D.5 */
export class Deflater {
  // Fast rather than small: what it is given is short already.
  readonly #stream = createDeflateRaw({ level: 3 });

  constructor() {
    // Nothing can go wrong with what goes in; a stream that is closed meanwhile may still say so.
    this.#stream.on("error", () => {});
  }

  /** @returns the next piece, which ends on a whole byte. One call at a time. */
  deflate(bytes: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.#stream.write(bytes);
      this.#stream.flush(constants.Z_SYNC_FLUSH, () => {
        const piece: unknown = this.#stream.read();
        resolve(piece instanceof Uint8Array ? piece : new Uint8Array());
      });
    });
  }

  close(): void {
    this.#stream.close();
  }
}
