/** Random numbers from a seed: the same seed gives the same ones. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 … below - 1. @source mulberry32, Tommy Ettinger */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  pick<T>(all: readonly T[]): T | undefined {
    return all[this.below(Math.max(1, all.length))];
  }
}

/** Inputs are kept below this, so that most of the time goes into many inputs, not into long ones. */
export const usualBytes = 32 * 1024;
/** Once in a while one is blown up: a little more than XML and HTTP bodies may have, which finds what takes too long. */
const mostBytes = 1024 * 1024 + 64;
const onceInBlownUp = 4_000;
const onceInNoise = 50;
const mostChanges = 5;

const numbers = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const texts = ["0", "-1", "1", "255", "65536", "2147483648", "4294967296", "99999999999999999999", "1e309", "NaN", ""];

/** Makes an input out of others. */
export class Mutator {
  readonly #random: Random;
  readonly #words: readonly Uint8Array[];

  constructor(random: Random, words: readonly string[]) {
    this.#random = random;
    this.#words = words.map((one) => Buffer.from(one, "latin1"));
  }

  /** @param pool inputs that have proved useful */
  next(pool: readonly Uint8Array[]): Uint8Array {
    const random = this.#random;
    if (random.below(onceInNoise) === 0) return this.#noise(random.below(200));
    let input: Uint8Array = Buffer.from(random.pick(pool) ?? []);
    for (let left = 1 + random.below(mostChanges); left > 0; left -= 1) input = this.#change(input, pool);
    if (random.below(onceInBlownUp) === 0) return this.#repeat(input, mostBytes);
    return input.subarray(0, usualBytes);
  }

  #change(input: Uint8Array, pool: readonly Uint8Array[]): Uint8Array {
    const random = this.#random;
    const at = random.below(input.length + 1);
    const length = this.#length(input.length - at);
    switch (random.below(12)) {
      case 0:
        return replaced(input, at, 1, Uint8Array.of((input[at] ?? 0) ^ (1 << random.below(8))));
      case 1:
        return replaced(input, at, 1, this.#noise(1));
      case 2:
        return replaced(input, at, 0, this.#noise(1 + random.below(8)));
      case 3:
        return replaced(input, at, length, none);
      case 4:
        return replaced(input, at, 0, input.subarray(at, at + length));
      case 5:
        return this.#repeat(input, 2 * usualBytes);
      case 6:
        return replaced(input, at, this.#number(input, at), this.#numberBytes());
      case 7:
        return this.#withNumber(input, at);
      case 8:
        return replaced(input, at, 0, random.pick(this.#words) ?? none);
      case 9:
        return replaced(input, at, length, random.pick(this.#words) ?? none);
      default:
        return this.#spliced(input, at, length, random.pick(pool) ?? none);
    }
  }

  /** Mostly short. */
  #length(most: number): number {
    const random = this.#random;
    return Math.min(most, 1 + random.below(1 << random.below(11)));
  }

  #noise(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#random.below(256));
  }

  /** A piece, many times over. */
  #repeat(input: Uint8Array, most: number): Uint8Array {
    const at = this.#random.below(input.length + 1);
    const piece = input.subarray(at, at + this.#length(input.length - at));
    const room = Math.floor(Math.max(0, most - input.length) / Math.max(1, piece.length));
    const times = most > 2 * usualBytes ? room : Math.min(room, 1 << this.#random.below(10));
    return replaced(input, at, 0, Buffer.concat(Array.from({ length: times }, () => piece)));
  }

  #numberWidth = 1;

  #number(input: Uint8Array, at: number): number {
    this.#numberWidth = this.#random.pick([1, 2, 4]) ?? 1;
    return Math.min(this.#numberWidth, input.length - at);
  }

  #numberBytes(): Uint8Array {
    const bytes = Buffer.alloc(this.#numberWidth);
    const value = (this.#random.pick(numbers) ?? 0) % 2 ** (8 * this.#numberWidth);
    if (this.#random.below(2) === 0) bytes.writeUIntLE(value, 0, this.#numberWidth);
    else bytes.writeUIntBE(value, 0, this.#numberWidth);
    return bytes;
  }

  /** The next number that is written in digits becomes another. */
  #withNumber(input: Uint8Array, from: number): Uint8Array {
    let at = from;
    while (at < input.length && !isDigit(input[at])) at += 1;
    let end = at;
    while (isDigit(input[end])) end += 1;
    return replaced(input, at, end - at, Buffer.from(this.#random.pick(texts) ?? ""));
  }

  #spliced(input: Uint8Array, at: number, length: number, other: Uint8Array): Uint8Array {
    const from = this.#random.below(other.length + 1);
    return replaced(input, at, length, other.subarray(from, from + this.#length(other.length - from)));
  }
}

const none = new Uint8Array();

function replaced(input: Uint8Array, at: number, length: number, by: Uint8Array): Uint8Array {
  return Buffer.concat([input.subarray(0, at), by, input.subarray(at + length)]);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
