import type { Rectangle, Tile } from "./kvm.ts";
import { colourTable, pixelBytesOf, type PixelFormat } from "./kvm-pixels.ts";
import { decodePiece, type Inflater } from "./kvm-stream.ts";
import { decodeTile, mostTileSide, type Pixels } from "./kvm-tile.ts";

/**
 * The screen as a viewer has it: red, green, blue, opaque. It uses nothing but the language, so that it runs in a browser's worker;
 * whoever makes it brings the inflater, unless all tiles are raw or stored.
 */
export class Picture {
  width: number;
  height: number;
  /** Four bytes a pixel, row by row: as a canvas and a PNG file want them. Another after `resize`. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly #inflater: Inflater;
  readonly #pixelBytes: 1 | 2;
  readonly #colours: Uint32Array;
  readonly #pixels: Pixels;
  #cells: Uint32Array;

  /** @throws wire.kvm.unsupported (device) for a pixel format that AMT does not have */
  constructor(width: number, height: number, format: PixelFormat, inflater: Inflater = noInflater) {
    this.width = width;
    this.height = height;
    this.#inflater = inflater;
    this.#pixelBytes = pixelBytesOf(format);
    this.#colours = colourTable(format);
    this.#pixels = new Uint16Array(mostTileSide * mostTileSide);
    this.rgba = new Uint8ClampedArray(width * height * 4);
    this.#cells = new Uint32Array(this.rgba.buffer);
    this.#cells.fill(black);
  }

  /** Begins anew at another size, all black. */
  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.rgba = new Uint8ClampedArray(width * height * 4);
    this.#cells = new Uint32Array(this.rgba.buffer);
    this.#cells.fill(black);
  }

  /** Draws a tile, which lies inside. @returns what has changed @throws wire.kvm.malformed (device) */
  draw(tile: Tile): Rectangle {
    const { x, y, width, height, encoding, bytes } = tile;
    if (encoding === "raw") this.#readRaw(bytes);
    else decodeTile(decodePiece(bytes, this.#inflater), width, height, this.#pixelBytes, this.#pixels);
    const cells = this.#cells;
    const colours = this.#colours;
    const pixels = this.#pixels;
    for (let row = 0, from = 0; row < height; row += 1) {
      let to = (y + row) * this.width + x;
      for (const end = to + width; to < end; to += 1, from += 1) cells[to] = colours[pixels[from] ?? 0] ?? 0;
    }
    return { x, y, width, height };
  }

  #readRaw(bytes: Uint8Array): void {
    const pixels = this.#pixels;
    if (this.#pixelBytes === 1) return void pixels.set(bytes);
    for (let at = 0; at < bytes.length; at += 2) pixels[at >>> 1] = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  }
}

const noInflater: Inflater = {
  inflate() {
    throw new RangeError("there is no inflater");
  },
};

/** As four bytes in memory on a little-endian machine: all that Node and browsers run on today. */
const black = 0xff_00_00_00;
