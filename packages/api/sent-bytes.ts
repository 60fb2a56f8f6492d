/** What was sent last, as the pieces in which it was sent: for the other end of a connection that broke, which says how much of it has come. */
export class SentBytes {
  /** All that was ever sent. */
  total = 0;
  readonly #mostBytes: number;
  #pieces: Uint8Array[] = [];
  #first = 0;
  #kept = 0;

  /** @param mostBytes how much of it is kept, a piece more or less */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.total += bytes.length;
    this.#kept += bytes.length;
    for (let oldest = this.#pieces[this.#first]; oldest !== undefined; oldest = this.#pieces[this.#first]) {
      if (this.#kept - oldest.length < this.#mostBytes) break;
      this.#kept -= oldest.length;
      this.#first += 1;
    }
    // The list moves up now and then: not with every piece, as that would cost more than the sending.
    if (this.#first < 1_024) return;
    this.#pieces = this.#pieces.slice(this.#first);
    this.#first = 0;
  }

  /** What came after the first `count` bytes; undefined when that is not kept any more, or was never sent. */
  since(count: number): readonly Uint8Array[] | undefined {
    let missing = this.total - count;
    if (missing < 0 || missing > this.#kept) return undefined;
    const pieces: Uint8Array[] = [];
    for (let at = this.#pieces.length - 1; missing > 0; at -= 1) {
      const piece = this.#pieces[at] ?? new Uint8Array();
      pieces.push(piece.length <= missing ? piece : piece.subarray(piece.length - missing));
      missing -= piece.length;
    }
    return pieces.toReversed();
  }
}
