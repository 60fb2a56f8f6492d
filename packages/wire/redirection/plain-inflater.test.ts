import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { NodeInflater } from "./node-inflater.ts";
import { PlainInflater } from "./plain-inflater.ts";

// The inflater of browsers, against zlib.

const most = 70_000;

/** Pieces of one stream, each ended by a flush. */
async function piecesOf(parts: readonly Uint8Array[], level: number, strategy: number): Promise<readonly Uint8Array[]> {
  const deflate = createDeflateRaw({ level, strategy });
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    deflate.write(part);
    deflate.flush(constants.Z_SYNC_FLUSH, () => {
      const chunks: Buffer[] = [];
      for (let chunk: unknown = deflate.read(); chunk instanceof Buffer; chunk = deflate.read()) chunks.push(chunk);
      pieces.push(new Uint8Array(Buffer.concat(chunks)));
      deflate.emit("piece");
    });
    await once(deflate, "piece");
  }
  deflate.destroy();
  return pieces;
}

function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((index * seed) ^ (index >> 3)) & (seed % 2 === 0 ? 0x0f : 0xff));
}

test("pieces of one stream become what they were, by each kind of block and beyond the window", async () => {
  const parts = Array.from({ length: 40 }, (_, index) => pattern(1 + ((index * 977) % 9_000), index + 1));
  for (const [level, strategy] of [
    [0, constants.Z_DEFAULT_STRATEGY],
    [1, constants.Z_DEFAULT_STRATEGY],
    [9, constants.Z_DEFAULT_STRATEGY],
    [6, constants.Z_FIXED],
    [6, constants.Z_HUFFMAN_ONLY],
    [6, constants.Z_RLE],
  ] as const) {
    const inflater = new PlainInflater();
    const pieces = await piecesOf(parts, level, strategy);
    for (const [index, piece] of pieces.entries()) {
      assert.deepEqual(
        Buffer.from(inflater.inflate(piece, most)),
        Buffer.from(parts[index] ?? []),
        `${level} ${index}`,
      );
    }
  }
});

test("whatever is deflated is inflated to the same", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 0, max: 9 }), (bytes, level) => {
      const piece = deflateRawSync(bytes, { level, finishFlush: constants.Z_SYNC_FLUSH });
      assert.deepEqual(Buffer.from(new PlainInflater().inflate(piece, most)), Buffer.from(bytes));
    }),
  );
});

test("what becomes more than it may is refused before there is room for it, and so is a piece that is cut", () => {
  const piece = deflateRawSync(new Uint8Array(60_000), { finishFlush: constants.Z_SYNC_FLUSH });
  assert.throws(() => new PlainInflater().inflate(piece, 59_999), RangeError);
  assert.equal(new PlainInflater().inflate(piece, 60_000).length, 60_000);
  const varied = deflateRawSync(pattern(5_000, 7), { finishFlush: constants.Z_SYNC_FLUSH });
  for (let cut = 1; cut < varied.length - 5; cut += 1) {
    const part = varied.subarray(0, cut);
    try {
      assert.ok(new PlainInflater().inflate(part, most).length <= 5_000);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
  }
});

test("bytes that are no stream are refused, or become what zlib makes of them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
      const outcome = (run: () => Uint8Array): string | undefined => {
        try {
          return Buffer.from(run()).toString("hex");
        } catch {
          return undefined;
        }
      };
      const plain = outcome(() => new PlainInflater().inflate(bytes, most));
      if (plain === undefined) return;
      const node = outcome(() => new NodeInflater().inflate(bytes, most));
      assert.equal(plain, node);
    }),
    { numRuns: 2_000, examples: [[Uint8Array.of(114, 0, 88)]] },
  );
});
