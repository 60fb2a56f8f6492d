import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { decodeTile, mostTileBytes, TileEncoder } from "./kvm-tile.ts";

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
}

function decoded(bytes: Uint8Array, width: number, height: number, pixelBytes: 1 | 2): number[] {
  const into = new Uint16Array(width * height);
  decodeTile(bytes, width, height, pixelBytes, into);
  return [...into];
}

function refusalOf(bytes: Uint8Array, width: number, height: number): VigilError {
  try {
    decodeTile(bytes, width, height, 2, new Uint16Array(width * height));
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error;
  }
  return assert.fail("was accepted");
}

/** By hand, one of each kind: bytes, size and pixels. */
const goldens: readonly (readonly [
  name: string,
  hex: string,
  width: number,
  height: number,
  pixels: readonly number[],
])[] = [
  ["raw", "00 3412 7856 bc9a f0de", 2, 2, [0x1234, 0x5678, 0x9abc, 0xdef0]],
  ["solid", "01 00f8", 3, 2, [0xf800, 0xf800, 0xf800, 0xf800, 0xf800, 0xf800]],
  ["packed of two colours", "02 0100 0200 a5 0f", 8, 2, [2, 1, 2, 1, 1, 2, 1, 2, 1, 1, 1, 1, 2, 2, 2, 2]],
  ["packed of three colours", "03 0a00 0b00 0c00 18", 4, 1, [10, 11, 12, 10]],
  ["packed of five colours", "05 0100 0200 0300 0400 0500 01 23 44", 2, 3, [1, 2, 3, 4, 5, 5]],
  ["runs", "80 0700 04 0900 00", 3, 2, [7, 7, 7, 7, 7, 9]],
  ["palette and runs", "82 0700 0900 80 03 01 00", 3, 2, [7, 7, 7, 7, 9, 7]],
];

for (const [name, hex, width, height, pixels] of goldens) {
  test(`a tile of kind ${name} is read as it was made by hand, and refused when it is cut or longer`, () => {
    const bytes = bytesOf(hex);
    assert.deepEqual(decoded(bytes, width, height, 2), pixels);
    for (let end = 0; end < bytes.length; end += 1) {
      assert.equal(refusalOf(bytes.subarray(0, end), width, height).code, "wire.kvm.malformed", `cut at ${end}`);
    }
    assert.equal(refusalOf(bytesOf(`${hex} 00`), width, height).code, "wire.kvm.malformed");
  });
}

test("a run longer than 256 has its length in several bytes", () => {
  const pixels = new Uint16Array(1_024).fill(3);
  pixels[1_023] = 4;
  const bytes = new TileEncoder().encode(pixels, 64, 16, 2);
  assert.equal(Buffer.from(bytes).toString("hex"), "800300ffffffff02040000");
  assert.deepEqual(decoded(bytes, 64, 16, 2), [...pixels]);
});

test("rows of a packed palette may begin a byte or not: the length tells", () => {
  const padded = bytesOf("02 0100 0200 a0 40");
  const running = bytesOf("02 0100 0200 a8");
  assert.deepEqual(decoded(padded, 3, 2, 2), [2, 1, 2, 1, 2, 1]);
  assert.deepEqual(decoded(running, 3, 2, 2), [2, 1, 2, 1, 2, 1]);
});

test("an index beyond the palette, a run beyond the tile and a kind that is none are refused with their place", () => {
  assert.deepEqual(refusalOf(bytesOf("03 0a00 0b00 0c00 1b"), 4, 1).details, {
    offset: 7,
    expected: "an index below 3",
    got: 3,
  });
  assert.equal(refusalOf(bytesOf("80 0700 06"), 3, 2).details["expected"], "a run of at most 6");
  for (const kind of ["11", "7f", "81"]) assert.equal(refusalOf(bytesOf(`${kind} 00`), 1, 1).details["offset"], 0);
});

test("the shortest way is taken", () => {
  const encoder = new TileEncoder();
  const kindOf = (pixels: readonly number[], width: number): number | undefined =>
    encoder.encode(Uint16Array.from(pixels), width, pixels.length / width, 2)[0];
  const many = Array.from({ length: 4_096 }, (_, index) => index);
  assert.equal(kindOf(many, 64), 0);
  assert.equal(kindOf(Array(4_096).fill(5), 64), 1);
  assert.equal(
    kindOf(
      many.map((index) => index % 2),
      64,
    ),
    2,
  );
  assert.equal(
    kindOf(
      many.map((index) => index % 16),
      64,
    ),
    16,
  );
  assert.equal(
    kindOf(
      many.map((index) => index >> 9),
      64,
    ),
    128,
  );
  assert.equal(
    kindOf(
      many.map((index) => index % 100),
      64,
    ),
    128 + 100,
  );
  assert.equal(
    kindOf(
      many.map((index) => (index % 2 === 0 ? index >> 4 : 7)),
      64,
    ),
    0,
  );
});

const sizes = fc.record({ width: fc.integer({ min: 1, max: 64 }), height: fc.integer({ min: 1, max: 64 }) });

/** Pictures with few colours and long runs, as screens have, next to noise. */
const tiles = fc
  .tuple(sizes, fc.constantFrom(1, 2, 3, 5, 16, 17, 127, 128, 65_536), fc.integer({ min: 1, max: 400 }), fc.integer())
  .map(([{ width, height }, colours, longest, seed]) => {
    const random = numbers(seed);
    const pixels = new Uint16Array(width * height);
    for (let at = 0; at < pixels.length;) {
      const colour = (random() % colours) * 257;
      for (let left = 1 + (random() % longest); left > 0 && at < pixels.length; left -= 1) pixels[at++] = colour;
    }
    return { width, height, pixels };
  });

/** Marsaglia's xorshift: the same numbers from the same seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

test("random tiles come back as they were, of one and of two bytes, from one encoder", () => {
  const encoder = new TileEncoder();
  const check = (pixels: Uint16Array, width: number, height: number, pixelBytes: 1 | 2): void => {
    const bytes = encoder.encode(pixels, width, height, pixelBytes);
    assert.ok(bytes.length <= 1 + pixels.length * pixelBytes && bytes.length <= mostTileBytes);
    assert.deepEqual(decoded(bytes, width, height, pixelBytes), [...pixels]);
  };
  fc.assert(
    fc.property(tiles, ({ width, height, pixels }) => {
      check(pixels, width, height, 2);
      check(
        pixels.map((pixel) => pixel & 255),
        width,
        height,
        1,
      );
    }),
    { numRuns: 200 },
  );
});
