import type { Inflater } from "./kvm-stream.ts";

// Raw deflate, in the language alone, for browsers: what they bring works on streams and later, not on a piece and at once.
// Bits are read from the lowest of each byte; a code's bits come highest first.  @source RFC 1951
//
//   block    1 bit last, 2 bits kind: 0 stored, 1 fixed codes, 2 codes of its own
//   stored   up to the next whole byte; length (2 bytes), its complement, bytes
//   codes    literals and lengths (0 to 255, 256 the end, 257 to 285 with extra bits), then distances (0 to 29 with extra bits)
//
// A piece holds whole blocks: it ends with a flush, which is an empty stored block. The last 32 KiB are kept from piece to piece.

/** How far back a stream may refer. @source RFC 1951, 2 */
const windowBytes = 32 * 1024;
const longestCode = 15;
const endOfBlock = 256;
/** In which order the lengths of the codes' codes stand. @source RFC 1951, 3.2.7 */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;

/** Base and extra bits of lengths 257 to 285, and of distances. @source RFC 1951, 3.2.5 */
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0] as const;
const lengthBases = [...bases(3, lengthBits).slice(0, 28), 258];
const distanceBits = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
] as const;
const distanceBases = bases(1, distanceBits);

function bases(first: number, bits: readonly number[]): readonly number[] {
  let base = first;
  return bits.map((extra) => {
    const own = base;
    base += 2 ** extra;
    return own;
  });
}

/** Codes as RFC 1951 counts them: how many of each length, and the symbols in order of their codes. */
interface Codes {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
  /** By the next `quickBits` bits: the symbol times 16 plus its length; 0 where the code is longer. */
  readonly quick: Uint16Array;
}

/** Chosen: nearly all codes of a picture are as short; the table is built in no time. */
const quickBits = 9;

const fixed = {
  literals: codesOf(
    Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  ),
  distances: codesOf(new Uint8Array(30).fill(5)),
};

/** One deflate stream, piece by piece; each is inflated at once. */
export class PlainInflater implements Inflater {
  /** The window, then what the piece becomes. */
  #out = new Uint8Array(windowBytes);
  #held = 0;
  #at = 0;
  #most = 0;
  #piece: Uint8Array = new Uint8Array();
  #from = 0;
  #bits = 0;
  #bitCount = 0;

  /** @returns valid until the next call @throws RangeError for what is no piece of a deflate stream, or becomes more than `most` */
  inflate(piece: Uint8Array, most: number): Uint8Array {
    this.#slide(most);
    this.#piece = piece;
    this.#from = 0;
    this.#bits = 0;
    this.#bitCount = 0;
    const start = this.#at;
    this.#most = start + most;
    let isLast = false;
    while (!isLast && this.#hasMore()) {
      isLast = this.#take(1) === 1;
      this.#block(this.#take(2));
    }
    this.#held = this.#at;
    return this.#out.subarray(start, this.#at);
  }

  /** Keeps the last 32 KiB at the front, with room behind them. */
  #slide(most: number): void {
    const kept = Math.min(this.#held, windowBytes);
    const from = this.#held - kept;
    if (this.#out.length < windowBytes + most) {
      const larger = new Uint8Array(windowBytes + most);
      larger.set(this.#out.subarray(from, this.#held));
      this.#out = larger;
    } else if (from > 0) this.#out.copyWithin(0, from, this.#held);
    this.#held = this.#at = kept;
  }

  /** Bits below a byte behind a block are padding, unless they begin what no block begins with. */
  #hasMore(): boolean {
    if (this.#from < this.#piece.length || this.#bitCount >= 8) return true;
    return this.#bitCount >= 3 && ((this.#bits >>> 1) & 3) === 3;
  }

  #block(kind: number): void {
    if (kind === 0) return this.#stored();
    if (kind === 1) return this.#coded(fixed.literals, fixed.distances);
    if (kind !== 2) throw new RangeError("no such kind of block");
    const { literals, distances } = this.#ownCodes();
    this.#coded(literals, distances);
  }

  #stored(): void {
    // To the next whole byte; whole bytes that were taken ahead are given back.
    this.#from -= this.#bitCount >>> 3;
    this.#bits = this.#bitCount = 0;
    const [low = 0, high = 0, notLow = 0, notHigh = 0] = this.#piece.subarray(this.#from, this.#from + 4);
    const length = low | (high << 8);
    this.#from += 4;
    const isRight = (notLow | (notHigh << 8)) === (~length & 0xffff) && this.#from + length <= this.#piece.length;
    if (!isRight) throw new RangeError("a stored block is damaged");
    this.#need(length);
    this.#out.set(this.#piece.subarray(this.#from, this.#from + length), this.#at);
    this.#from += length;
    this.#at += length;
  }

  #coded(literals: Codes, distances: Codes): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === endOfBlock) return;
      if (symbol < endOfBlock) {
        this.#need(1);
        this.#out[this.#at] = symbol;
        this.#at += 1;
        continue;
      }
      const length = this.#extended(symbol - 257, lengthBases, lengthBits);
      const distance = this.#extended(this.#symbol(distances), distanceBases, distanceBits);
      this.#copy(length, distance);
    }
  }

  #extended(index: number, base: readonly number[], bits: readonly number[]): number {
    const from = base[index];
    if (from === undefined) throw new RangeError("no such length or distance");
    return from + this.#take(bits[index] ?? 0);
  }

  #copy(length: number, distance: number): void {
    const from = this.#at - distance;
    if (from < 0) throw new RangeError("refers to before the stream's beginning");
    this.#need(length);
    const out = this.#out;
    // Byte by byte: what is copied may be what was just written.
    for (let index = 0; index < length; index += 1) out[this.#at + index] = out[from + index] ?? 0;
    this.#at += length;
  }

  #ownCodes(): { readonly literals: Codes; readonly distances: Codes } {
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const lengthCount = this.#take(4) + 4;
    const codeLengths = new Uint8Array(19);
    for (const symbol of order.slice(0, lengthCount)) codeLengths[symbol] = this.#take(3);
    const codes = codesOf(codeLengths);
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let at = 0; at < lengths.length;) {
      const symbol = this.#symbol(codes);
      if (symbol < 16) {
        lengths[at] = symbol;
        at += 1;
        continue;
      }
      const [value, times] =
        symbol === 16
          ? [lengths[at - 1], 3 + this.#take(2)]
          : [0, symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)];
      if (value === undefined || at + times > lengths.length) throw new RangeError("lengths of codes are damaged");
      lengths.fill(value, at, at + times);
      at += times;
    }
    return { literals: codesOf(lengths.subarray(0, literalCount)), distances: codesOf(lengths.subarray(literalCount)) };
  }

  #symbol({ counts, symbols, quick }: Codes): number {
    while (this.#bitCount < quickBits && this.#from < this.#piece.length) this.#fill();
    const found = quick[this.#bits & (2 ** quickBits - 1)] ?? 0;
    const length = found & 15;
    if (length > 0 && length <= this.#bitCount) {
      this.#bits >>>= length;
      this.#bitCount -= length;
      return found >>> 4;
    }
    let code = 0;
    let first = 0;
    let index = 0;
    for (let bits = 1; bits <= longestCode; bits += 1) {
      code |= this.#take(1);
      const count = counts[bits] ?? 0;
      if (code - count < first) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError("no such code");
  }

  #take(count: number): number {
    while (this.#bitCount < count) {
      if (this.#from >= this.#piece.length) throw new RangeError("the piece ends in the middle");
      this.#fill();
    }
    const value = this.#bits & (2 ** count - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #fill(): void {
    this.#bits |= (this.#piece[this.#from] ?? 0) << this.#bitCount;
    this.#from += 1;
    this.#bitCount += 8;
  }

  #need(bytes: number): void {
    if (this.#at + bytes > this.#most) throw new RangeError("becomes more than it may");
  }
}

/** @param lengths of each symbol's code; 0: it has none @throws RangeError when there are more codes than fit */
function codesOf(lengths: Uint8Array): Codes {
  const counts = new Uint16Array(longestCode + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  let left = 1;
  const offsets = new Uint16Array(longestCode + 2);
  const codes = new Uint16Array(longestCode + 2);
  for (let bits = 1; bits <= longestCode; bits += 1) {
    const count = counts[bits] ?? 0;
    left = left * 2 - count;
    if (left < 0) throw new RangeError("more codes than fit");
    offsets[bits + 1] = (offsets[bits] ?? 0) + count;
    codes[bits + 1] = ((codes[bits] ?? 0) + count) << 1;
  }
  const symbols = new Uint16Array(lengths.length);
  const quick = new Uint16Array(2 ** quickBits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[offsets[length] ?? 0] = symbol;
    offsets[length] = (offsets[length] ?? 0) + 1;
    const code = codes[length] ?? 0;
    codes[length] = code + 1;
    if (length > quickBits) return;
    const step = 2 ** length;
    for (let at = reversed(code, length); at < quick.length; at += step) quick[at] = symbol * 16 + length;
  });
  return { counts, symbols, quick };
}

function reversed(code: number, bits: number): number {
  let out = 0;
  for (let index = 0; index < bits; index += 1) out |= ((code >>> index) & 1) << (bits - 1 - index);
  return out;
}
