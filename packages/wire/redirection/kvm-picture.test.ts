import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { Picture } from "./kvm-picture.ts";
import { colourTable, conversionTable, nameOfFormat, pixelBytesOf, pixelFormats } from "./kvm-pixels.ts";
import { decodePiece, encodeStored, type Inflater } from "./kvm-stream.ts";
import { TileEncoder } from "./kvm-tile.ts";

const flush = { finishFlush: constants.Z_SYNC_FLUSH };

/** Pieces that refer to nothing before them. */
const inflater: Inflater = {
  inflate: (piece, most) => inflateRawSync(piece, { ...flush, maxOutputLength: most }),
};

const noInflater: Inflater = { inflate: () => assert.fail("nothing is deflated here") };

test("the firmware's formats are known by their bytes, and others are refused", () => {
  for (const [name, format] of Object.entries(pixelFormats)) assert.equal(nameOfFormat({ ...format }), name);
  const wide = { ...pixelFormats.rgb565, bitsPerPixel: 32, depth: 24 };
  assert.equal(nameOfFormat(wide), undefined);
  assert.throws(
    () => pixelBytesOf(wide),
    (error) => error instanceof VigilError && error.code === "wire.kvm.unsupported",
  );
  assert.throws(() => pixelBytesOf({ ...pixelFormats.rgb332, shift: [8, 2, 0] }), VigilError);
});

test("colours are the same as they were after a format has carried them, as far as it can", () => {
  const colours = colourTable(pixelFormats.rgb565);
  assert.equal(colours[0], 0xff00_0000);
  assert.equal(colours[0xffff], 0xffff_ffff);
  assert.equal(colours[0xf800], 0xff00_00ff);
  assert.equal(colourTable(pixelFormats.grey8)[128], 0xff80_8080);
  assert.equal(colourTable(pixelFormats.grey4)[15], 0xffff_ffff);
  const same = conversionTable(pixelFormats.rgb565);
  assert.ok(same.every((value, index) => value === index));
  const small = conversionTable(pixelFormats.rgb332);
  assert.deepEqual([small[0], small[0xffff], small[0xf800], small[0x07e0], small[0x001f]], [0, 255, 0xe0, 0x1c, 3]);
  assert.equal(conversionTable(pixelFormats.grey4)[0xffff], 15);
});

test("a stored piece is the tile itself, a deflated one becomes it, and anything else is refused", () => {
  const tile = Uint8Array.of(1, 0x1f, 0);
  assert.equal(Buffer.from(encodeStored(tile)).toString("hex"), "000300fcff011f00");
  assert.deepEqual([...decodePiece(encodeStored(tile), noInflater)], [...tile]);
  assert.deepEqual([...decodePiece(deflateRawSync(tile, flush), inflater)], [...tile]);
  assert.throws(() => decodePiece(Buffer.alloc(40, 0xff), inflater), VigilError);
  const bomb = deflateRawSync(Buffer.alloc(1_000_000), flush);
  assert.throws(() => decodePiece(bomb, inflater), VigilError);
});

test("a picture is what was drawn, whatever tiles it was cut into, and black after another size", () => {
  const encoder = new TileEncoder();
  const sides = fc.integer({ min: 1, max: 150 });
  const cut = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(sides, sides, cut, cut, fc.constantFrom(2, 9, 65_521), (width, height, across, down, colours) => {
      const pixels = Uint16Array.from({ length: width * height }, (_, index) => ((index >> 3) * 40_503) % colours);
      const picture = new Picture(width, height, pixelFormats.rgb565, inflater);
      for (let y = 0; y < height; y += down) {
        for (let x = 0; x < width; x += across) {
          const size = { width: Math.min(across, width - x), height: Math.min(down, height - y) };
          const part = Uint16Array.from({ length: size.width * size.height }, (_, index) => {
            return pixels[(y + Math.floor(index / size.width)) * width + x + (index % size.width)] ?? 0;
          });
          const encoded = encoder.encode(part, size.width, size.height, 2);
          const way = (x + y) % 3;
          const bytes =
            way === 0
              ? encodeStored(encoded)
              : way === 1
                ? deflateRawSync(encoded, flush)
                : new Uint8Array(part.buffer);
          picture.draw({ kind: "tile", x, y, ...size, encoding: way === 2 ? "raw" : "rle", bytes });
        }
      }
      const table = colourTable(pixelFormats.rgb565);
      const wanted = Uint32Array.from(pixels, (pixel) => table[pixel] ?? 0);
      assert.deepEqual(Buffer.from(picture.rgba.buffer), Buffer.from(wanted.buffer));
    }),
    { numRuns: 40 },
  );
  const picture = new Picture(4, 4, pixelFormats.rgb565, noInflater);
  picture.draw({ kind: "tile", x: 0, y: 0, width: 1, height: 1, encoding: "raw", bytes: Uint8Array.of(255, 255) });
  picture.resize(2, 1);
  assert.deepEqual([...picture.rgba], [0, 0, 0, 255, 0, 0, 0, 255]);
});
