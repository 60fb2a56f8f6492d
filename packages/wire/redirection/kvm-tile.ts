import { fail } from "../errors.ts";

// One tile as ZRLE writes it; the tile is the whole rectangle. Pixels are 1 or 2 bytes, little-endian.
// @source RFC 6143 7.7.5 and 7.7.6, protocols D.5
//
//   first byte    then
//   0             raw: every pixel
//   1             solid: one pixel
//   2 … 16        packed palette: that many pixels, then an index per pixel of 1 bit (2), 2 bits (3, 4) or 4 bits, first pixel
//                 in the highest bits; each row begins a byte (RFC), or does not (one decoder of others): UNVERIFIED
//   128           runs: a pixel, then its length
//   130 … 255     palette and runs: (byte - 128) pixels, then an index each; with bit 7 set its length follows
//
// A length is 1 plus the sum of its bytes; a byte of 255 says that another follows.

/** No tile is wider or higher. @source protocols D.5: a viewer hangs up on a larger one */
export const mostTileSide = 64;

/** Pixels as numbers, row by row. */
export type Pixels = Uint8Array | Uint16Array;

const mostPalette = 127;
const mostPacked = 16;

/** What a tile takes at most: each pixel a run of its own, or a palette of 127 first. */
export const mostTileBytes = 1 + mostPalette * 2 + mostTileSide * mostTileSide * 3;

/**
 * Writes tiles, each in whichever way is shortest. It keeps what it needs from tile to tile, and nothing of the tiles.
 *
 * The pixels are gone through once, and become runs; the rest goes over the runs. A packed palette is written only where a row fills
 * its bytes, so that it does not matter how a reader takes the padding.
 */
export class TileEncoder {
  /** By pixel value: 1 plus its index in the palette; 0 elsewhere. */
  readonly #indexOf = new Uint8Array(65_536);
  readonly #palette = new Uint16Array(mostPalette);
  readonly #runPixels = new Uint16Array(mostTileSide * mostTileSide);
  readonly #runLengths = new Uint16Array(mostTileSide * mostTileSide);
  readonly #out = new Uint8Array(mostTileBytes);
  #runs = 0;
  #colours = 0;
  #to = 0;

  /**
   * @param pixels width x height of them, at most 64 x 64
   * @returns valid until the next call
   */
  encode(pixels: Uint16Array, width: number, height: number, pixelBytes: 1 | 2): Uint8Array {
    const count = width * height;
    this.#gatherRuns(pixels, count);
    const isPaletteRight = this.#gatherColours();
    this.#to = 0;
    if (this.#runs === 1) this.#solid(pixelBytes);
    else this.#shortest(pixels, width, count, pixelBytes, isPaletteRight);
    for (let index = 0; index < this.#colours; index += 1) this.#indexOf[this.#palette[index] ?? 0] = 0;
    return this.#out.subarray(0, this.#to);
  }

  #gatherRuns(pixels: Uint16Array, count: number): void {
    const runPixels = this.#runPixels;
    const runLengths = this.#runLengths;
    let runs = 0;
    let from = 0;
    let last = pixels[0] ?? 0;
    for (let at = 1; at < count; at += 1) {
      const pixel = pixels[at] ?? 0;
      if (pixel === last) continue;
      runPixels[runs] = last;
      runLengths[runs] = at - from;
      runs += 1;
      from = at;
      last = pixel;
    }
    runPixels[runs] = last;
    runLengths[runs] = count - from;
    this.#runs = runs + 1;
  }

  /** @returns false when there are more colours than a palette takes */
  #gatherColours(): boolean {
    const indexOf = this.#indexOf;
    const palette = this.#palette;
    let colours = 0;
    this.#colours = 0;
    for (let run = 0; run < this.#runs; run += 1) {
      const pixel = this.#runPixels[run] ?? 0;
      if (indexOf[pixel] !== 0) continue;
      if (colours === mostPalette) return false;
      palette[colours] = pixel;
      colours += 1;
      indexOf[pixel] = colours;
      this.#colours = colours;
    }
    return true;
  }

  #shortest(pixels: Uint16Array, width: number, count: number, pixelBytes: 1 | 2, isPaletteRight: boolean): void {
    const colours = this.#colours;
    const { plain, indexed } = this.#runBytes(pixelBytes);
    const paletteBytes = isPaletteRight ? colours * pixelBytes : Infinity;
    const bits = colours <= 2 ? 1 : colours <= 4 ? 2 : 4;
    const isPackable = colours <= mostPacked && (width * bits) % 8 === 0;
    const packed = isPackable ? paletteBytes + (count * bits) / 8 : Infinity;
    const best = Math.min(count * pixelBytes, plain, paletteBytes + indexed, packed);
    if (best === packed) this.#packed(pixels, count, pixelBytes, bits);
    else if (best === paletteBytes + indexed) this.#indexed(pixelBytes);
    else if (best === plain) this.#plain(pixelBytes);
    else this.#raw(pixels, count, pixelBytes);
  }

  /** What the runs would take with their pixels, and with indices. */
  #runBytes(pixelBytes: 1 | 2): { readonly plain: number; readonly indexed: number } {
    let lengths = 0;
    let singles = 0;
    for (let run = 0; run < this.#runs; run += 1) {
      const length = this.#runLengths[run] ?? 0;
      if (length === 1) singles += 1;
      lengths += length > 255 ? 1 + Math.floor((length - 1) / 255) : 1;
    }
    return { plain: this.#runs * pixelBytes + lengths, indexed: this.#runs + lengths - singles };
  }

  #solid(pixelBytes: 1 | 2): void {
    this.#byte(1);
    this.#pixel(this.#runPixels[0] ?? 0, pixelBytes);
  }

  #raw(pixels: Uint16Array, count: number, pixelBytes: 1 | 2): void {
    this.#byte(0);
    for (let at = 0; at < count; at += 1) this.#pixel(pixels[at] ?? 0, pixelBytes);
  }

  #packed(pixels: Uint16Array, count: number, pixelBytes: 1 | 2, bits: number): void {
    this.#byte(this.#colours);
    this.#writePalette(pixelBytes);
    const indexOf = this.#indexOf;
    const perByte = 8 / bits;
    for (let at = 0; at < count; at += perByte) {
      let byte = 0;
      for (let index = at; index < at + perByte; index += 1) {
        byte = (byte << bits) | ((indexOf[pixels[index] ?? 0] ?? 0) - 1);
      }
      this.#byte(byte);
    }
  }

  #plain(pixelBytes: 1 | 2): void {
    this.#byte(128);
    for (let run = 0; run < this.#runs; run += 1) {
      this.#pixel(this.#runPixels[run] ?? 0, pixelBytes);
      this.#length(this.#runLengths[run] ?? 0);
    }
  }

  #indexed(pixelBytes: 1 | 2): void {
    this.#byte(128 + this.#colours);
    this.#writePalette(pixelBytes);
    for (let run = 0; run < this.#runs; run += 1) {
      const index = (this.#indexOf[this.#runPixels[run] ?? 0] ?? 0) - 1;
      const length = this.#runLengths[run] ?? 0;
      this.#byte(length === 1 ? index : index | 128);
      if (length > 1) this.#length(length);
    }
  }

  #writePalette(pixelBytes: 1 | 2): void {
    for (let index = 0; index < this.#colours; index += 1) this.#pixel(this.#palette[index] ?? 0, pixelBytes);
  }

  #pixel(pixel: number, pixelBytes: 1 | 2): void {
    this.#byte(pixel);
    if (pixelBytes === 2) this.#byte(pixel >>> 8);
  }

  #length(length: number): void {
    let left = length - 1;
    for (; left >= 255; left -= 255) this.#byte(255);
    this.#byte(left);
  }

  #byte(byte: number): void {
    this.#out[this.#to] = byte;
    this.#to += 1;
  }
}

/**
 * Reads one tile: all of `bytes` and not a byte more.
 * @param into takes width x height pixels
 * @throws wire.kvm.malformed (device); details: offset, expected, got
 */
export function decodeTile(bytes: Uint8Array, width: number, height: number, pixelBytes: 1 | 2, into: Pixels): void {
  const kind = bytes[0];
  if (kind === undefined) throw malformed(0, "a tile", "nothing");
  const count = width * height;
  const tile: Tile = { bytes, width, height, count, pixelBytes, into };
  if (kind === 0) readRaw(tile);
  else if (kind === 1) readSolid(tile);
  else if (kind <= mostPacked) readPacked(tile, kind);
  else if (kind === 128) readPlain(tile);
  else if (kind >= 130) readIndexed(tile, kind - 128);
  else throw malformed(0, "0 to 16, 128, or 130 to 255", kind);
}

interface Tile {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly pixelBytes: 1 | 2;
  readonly into: Pixels;
}

function readRaw(tile: Tile): void {
  const { bytes, count, pixelBytes, into } = tile;
  needEnd(bytes, 1 + count * pixelBytes);
  readPixels(tile, 1, count, into);
}

function readSolid({ bytes, count, pixelBytes, into }: Tile): void {
  needEnd(bytes, 1 + pixelBytes);
  into.fill(pixelAt(bytes, 1, pixelBytes), 0, count);
}

function readPacked(tile: Tile, colours: number): void {
  const { bytes, width, height, count, pixelBytes, into } = tile;
  const palette = paletteOf(tile, colours);
  const bits = colours <= 2 ? 1 : colours <= 4 ? 2 : 4;
  const from = 1 + colours * pixelBytes;
  const rowBytes = Math.ceil((width * bits) / 8);
  // How rows are padded shows in the length alone; where both give the same the RFC's way is taken.
  const isPadded = bytes.length - from !== Math.ceil((count * bits) / 8) || rowBytes * height === bytes.length - from;
  if (isPadded) needEnd(bytes, from + rowBytes * height);
  const mask = (1 << bits) - 1;
  for (let at = 0; at < count; at += 1) {
    const bit = isPadded ? Math.floor(at / width) * rowBytes * 8 + (at % width) * bits : at * bits;
    const offset = from + (bit >>> 3);
    const index = ((bytes[offset] ?? 0) >>> (8 - bits - (bit & 7))) & mask;
    if (index >= colours) throw malformed(offset, `an index below ${colours}`, index);
    into[at] = palette[index] ?? 0;
  }
}

function readPlain({ bytes, count, pixelBytes, into }: Tile): void {
  let from = 1;
  for (let at = 0; at < count;) {
    if (from + pixelBytes > bytes.length) throw malformed(from, "a pixel", "the end");
    const pixel = pixelAt(bytes, from, pixelBytes);
    const run = runAt(bytes, from + pixelBytes, count - at);
    into.fill(pixel, at, at + run.length);
    at += run.length;
    from = run.end;
  }
  needEnd(bytes, from);
}

function readIndexed(tile: Tile, colours: number): void {
  const { bytes, count, pixelBytes, into } = tile;
  const palette = paletteOf(tile, colours);
  let from = 1 + colours * pixelBytes;
  for (let at = 0; at < count;) {
    const byte = bytes[from];
    if (byte === undefined) throw malformed(from, "an index", "the end");
    const index = byte & 127;
    if (index >= colours) throw malformed(from, `an index below ${colours}`, index);
    const run = byte < 128 ? { length: 1, end: from + 1 } : runAt(bytes, from + 1, count - at);
    into.fill(palette[index] ?? 0, at, at + run.length);
    at += run.length;
    from = run.end;
  }
  needEnd(bytes, from);
}

function runAt(bytes: Uint8Array, from: number, most: number): { readonly length: number; readonly end: number } {
  let length = 1;
  for (let at = from; ; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) throw malformed(at, "a length", "the end");
    length += byte;
    if (length > most) throw malformed(at, `a run of at most ${most}`, length);
    if (byte < 255) return { length, end: at + 1 };
  }
}

function paletteOf(tile: Tile, colours: number): Pixels {
  const { bytes, pixelBytes } = tile;
  if (bytes.length < 1 + colours * pixelBytes) throw malformed(bytes.length, `a palette of ${colours}`, "the end");
  const palette = new Uint16Array(colours);
  readPixels(tile, 1, colours, palette);
  return palette;
}

function readPixels({ bytes, pixelBytes }: Tile, from: number, count: number, into: Pixels): void {
  for (let at = 0; at < count; at += 1) into[at] = pixelAt(bytes, from + at * pixelBytes, pixelBytes);
}

function pixelAt(bytes: Uint8Array, at: number, pixelBytes: 1 | 2): number {
  const low = bytes[at] ?? 0;
  return pixelBytes === 1 ? low : low | ((bytes[at + 1] ?? 0) << 8);
}

function needEnd(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw malformed(Math.min(bytes.length, length), `${length} bytes`, bytes.length);
}

function malformed(offset: number, expected: string, got: number | string): Error {
  return fail("wire.kvm.malformed", { details: { offset, expected, got } });
}
