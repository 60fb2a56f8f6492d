import { crc32, deflateSync } from "node:zlib";

/** What a picture is made of: four bytes a pixel, row by row, of which the fourth is left out. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** @source PNG specification, 5.2 */
const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Eight bits each of red, green and blue; deflate; filters by row; not interlaced. @source PNG specification, 11.2.2 */
const trueColour = [8, 2, 0, 0, 0] as const;

/**
 * A picture as a PNG file. Chunks are length, name, data and checksum, big-endian; a row of pixels begins with its filter, which is none: a screen
 * has long runs, which deflate finds by itself. @source PNG specification, 5.3, 11.2, 12.7
 */
export function pngOf({ width, height, rgba }: Pixels): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(trueColour, 8);
  const stride = 1 + 3 * width;
  const rows = new Uint8Array(stride * height);
  for (let row = 0, from = 0; row < height; row += 1) {
    for (let to = row * stride + 1; to < (row + 1) * stride; to += 3, from += 4) {
      rows[to] = rgba[from] ?? 0;
      rows[to + 1] = rgba[from + 1] ?? 0;
      rows[to + 2] = rgba[from + 2] ?? 0;
    }
  }
  const parts = [signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", new Uint8Array())];
  return new Uint8Array(Buffer.concat(parts));
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
