import { conversionTable, pixelBytesOf, type PixelFormat } from "@vigil/wire/redirection/kvm-pixels.ts";
import { encodeStored } from "@vigil/wire/redirection/kvm-stream.ts";
import { mostTileSide, TileEncoder } from "@vigil/wire/redirection/kvm-tile.ts";
import type { Tile } from "@vigil/wire/redirection/kvm.ts";
import { Deflater } from "./deflater.ts";
import type { FrameBuffer } from "../host/frame-buffer.ts";

/** What is shorter is not worth deflating: a tile of one colour has three bytes. Chosen. */
const leastDeflated = 32;

/** Makes the tiles of one session: in the viewer's pixel format, and with the session's deflate stream. */
export class TileWriter {
  /** Whether tiles are deflated. It can be switched at any time: what is stored is no part of the stream. */
  isDeflating = true;
  readonly #encoder = new TileEncoder();
  readonly #pixels = new Uint16Array(mostTileSide * mostTileSide);
  #pixelBytes: 1 | 2 = 2;
  /** Absent while pixels go out as they are. */
  #converted: Uint16Array | undefined;
  #deflater: Deflater | undefined;

  /** @throws wire.kvm.unsupported (device) */
  setFormat(format: PixelFormat): void {
    this.#pixelBytes = pixelBytesOf(format);
    this.#converted = conversionTable(format);
  }

  /** Takes a tile of the picture. One call at a time. */
  async write(frame: FrameBuffer, column: number, row: number, encoding: "raw" | "rle"): Promise<Tile> {
    const area = frame.take(column, row, this.#pixels);
    const count = area.width * area.height;
    const pixels = this.#pixels.subarray(0, count);
    const table = this.#converted;
    if (table !== undefined) pixels.forEach((pixel, index) => (pixels[index] = table[pixel] ?? 0));
    if (encoding === "raw") return { kind: "tile", ...area, encoding, bytes: this.#raw(pixels) };
    const tile = this.#encoder.encode(pixels, area.width, area.height, this.#pixelBytes);
    return { kind: "tile", ...area, encoding, bytes: await this.#packed(tile) };
  }

  close(): void {
    this.#deflater?.close();
  }

  #raw(pixels: Uint16Array): Uint8Array {
    if (this.#pixelBytes === 1) return Uint8Array.from(pixels);
    const bytes = new Uint8Array(pixels.length * 2);
    const view = new DataView(bytes.buffer);
    pixels.forEach((pixel, index) => view.setUint16(2 * index, pixel, true));
    return bytes;
  }

  async #packed(tile: Uint8Array): Promise<Uint8Array> {
    if (!this.isDeflating || tile.length < leastDeflated) return encodeStored(tile);
    this.#deflater ??= new Deflater();
    return this.#deflater.deflate(tile);
  }
}
