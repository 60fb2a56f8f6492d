import { fail } from "../errors.ts";

// A pixel format on the wire, 16 bytes; numbers of two bytes are big-endian, the pixels themselves little-endian.
// @source RFC 6143 7.4, protocols D.5
//
//   offset  size  field
//        0     1  bits per pixel: 8 or 16
//        1     1  depth
//        2     1  whether pixels are big-endian
//        3     1  whether it is true colour
//        4     6  largest red, green, blue
//       10     3  shift of red, green, blue
//       13     3  padding

/** How a colour is one number. */
export interface PixelFormat {
  readonly bitsPerPixel: number;
  readonly depth: number;
  readonly isBigEndian: boolean;
  readonly isTrueColour: boolean;
  /** Largest value of red, green, blue. */
  readonly max: readonly [red: number, green: number, blue: number];
  readonly shift: readonly [red: number, green: number, blue: number];
}

export const pixelFormatBytes = 16;

/**
 * The formats that a viewer may ask for. What there is in a grey one stands where red would; releases before 12 lack them.
 * @source protocols D.5
 */
export const pixelFormats = {
  rgb565: trueColour(16, 16, [31, 63, 31], [11, 5, 0]),
  rgb332: trueColour(8, 8, [7, 7, 3], [5, 2, 0]),
  grey8: trueColour(8, 8, [255, 0, 0], [0, 0, 0]),
  grey4: trueColour(8, 4, [15, 0, 0], [0, 0, 0]),
} as const satisfies Readonly<Record<string, PixelFormat>>;

export type PixelFormatName = keyof typeof pixelFormats;

function trueColour(
  bitsPerPixel: number,
  depth: number,
  max: PixelFormat["max"],
  shift: PixelFormat["shift"],
): PixelFormat {
  return { bitsPerPixel, depth, isBigEndian: false, isTrueColour: true, max, shift };
}

/** @returns which of ours it is; undefined for one that no firmware speaks */
export function nameOfFormat(format: PixelFormat): PixelFormatName | undefined {
  const wanted = encodePixelFormat(format);
  const names: readonly PixelFormatName[] = ["rgb565", "rgb332", "grey8", "grey4"];
  return names.find((name) => isSame(encodePixelFormat(pixelFormats[name]), wanted));
}

/** Bytes of one pixel. @throws wire.kvm.unsupported (device) for a format that AMT does not have */
export function pixelBytesOf(format: PixelFormat): 1 | 2 {
  const { bitsPerPixel, isTrueColour, isBigEndian, max, shift } = format;
  const isKnown = (bitsPerPixel === 8 || bitsPerPixel === 16) && isTrueColour && !(isBigEndian && bitsPerPixel === 16);
  const fits = max.every((largest, index) => largest * 2 ** (shift[index] ?? 0) < 2 ** bitsPerPixel);
  if (!isKnown || !fits) {
    const details = { bitsPerPixel, isTrueColour, isBigEndian, max: max.join(","), shift: shift.join(",") };
    throw fail("wire.kvm.unsupported", { details });
  }
  return bitsPerPixel === 8 ? 1 : 2;
}

export function encodePixelFormat(format: PixelFormat): Uint8Array {
  const bytes = new Uint8Array(pixelFormatBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([format.bitsPerPixel, format.depth, format.isBigEndian ? 1 : 0, format.isTrueColour ? 1 : 0]);
  format.max.forEach((largest, index) => view.setUint16(4 + 2 * index, largest));
  bytes.set(format.shift, 10);
  return bytes;
}

/** @param view 16 bytes from `offset` on */
export function decodePixelFormat(view: DataView, offset: number): PixelFormat {
  return {
    bitsPerPixel: view.getUint8(offset),
    depth: view.getUint8(offset + 1),
    isBigEndian: view.getUint8(offset + 2) !== 0,
    isTrueColour: view.getUint8(offset + 3) !== 0,
    max: [view.getUint16(offset + 4), view.getUint16(offset + 6), view.getUint16(offset + 8)],
    shift: [view.getUint8(offset + 10), view.getUint8(offset + 11), view.getUint8(offset + 12)],
  };
}

/**
 * What every pixel of a format looks like: red, green, blue and opaque, as four bytes in memory (a little-endian machine's number).
 * @throws wire.kvm.unsupported (device)
 */
export function colourTable(format: PixelFormat): Uint32Array {
  const size = 2 ** (8 * pixelBytesOf(format));
  const table = new Uint32Array(size);
  const { max, shift } = format;
  const isGrey = max[1] === 0 && max[2] === 0;
  for (let pixel = 0; pixel < size; pixel += 1) {
    const red = channel(pixel, max[0], shift[0]);
    const green = isGrey ? red : channel(pixel, max[1], shift[1]);
    const blue = isGrey ? red : channel(pixel, max[2], shift[2]);
    table[pixel] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }
  return table;
}

/** What every RGB565 pixel becomes in another format. @throws wire.kvm.unsupported (device) */
export function conversionTable(format: PixelFormat): Uint16Array {
  pixelBytesOf(format);
  const table = new Uint16Array(65_536);
  const { max, shift } = format;
  const isGrey = max[1] === 0 && max[2] === 0;
  for (let pixel = 0; pixel < table.length; pixel += 1) {
    const red = channel(pixel, 31, 11);
    const green = channel(pixel, 63, 5);
    const blue = channel(pixel, 31, 0);
    // The weights of television: what an eye takes for equally bright.
    const parts = isGrey ? [0.299 * red + 0.587 * green + 0.114 * blue, 0, 0] : [red, green, blue];
    let out = 0;
    parts.forEach((value, index) => {
      out |= Math.round((value * (max[index] ?? 0)) / 255) << (shift[index] ?? 0);
    });
    table[pixel] = out;
  }
  return table;
}

/** One channel of a pixel, 0 to 255. */
function channel(pixel: number, max: number, shift: number): number {
  if (max === 0) return 0;
  return Math.min(255, Math.round((((pixel >>> shift) & max) * 255) / max));
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, index) => byte === other[index]);
}
