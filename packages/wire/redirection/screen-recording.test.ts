import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeRecordingHead,
  encodePieceHead,
  encodeRecordingHead,
  recordedPieces,
  type RecordedPiece,
} from "./screen-recording.ts";

const head = { startedAt: 1_700_000_000_000, device: "01234567-89ab-cdef-0123-456789abcdef", hostName: "desk-1" };
const pieces: readonly RecordedPiece[] = [
  { atMs: 0, side: "device", bytes: Buffer.from("RFB 003.008\n") },
  { atMs: 7, side: "viewer", bytes: Uint8Array.of(0, 1, 2) },
  { atMs: 4_000_000_000, side: "device", bytes: new Uint8Array(70_000).fill(9) },
];

function written(): Buffer {
  const parts = pieces.flatMap(({ atMs, side, bytes }) => [encodePieceHead(atMs, side, bytes.length), bytes]);
  return Buffer.concat([encodeRecordingHead(head), ...parts]);
}

test("a recording is read as it was written", () => {
  const file = written();
  const read = decodeRecordingHead(file);
  assert.deepEqual(read.head, { format: "vigil-screen", version: 1, ...head });
  const again = [...recordedPieces(file, read.bytes)];
  assert.deepEqual(
    again.map((one) => ({ ...one, bytes: Buffer.from(one.bytes) })),
    pieces.map((one) => ({ ...one, bytes: Buffer.from(one.bytes) })),
  );
});

test("a piece stands in the file as the table says", () => {
  assert.equal(Buffer.from(encodePieceHead(258, "viewer", 515)).toString("hex"), "0000010201000203");
});

test("a recording that was cut off ends with its last whole piece, wherever that was", () => {
  const file = written();
  const { bytes } = decodeRecordingHead(file);
  let most = 0;
  for (let length = bytes; length <= bytes + 40; length += 1) {
    const { length: count } = [...recordedPieces(file.subarray(0, length), bytes)];
    assert.ok(count >= most);
    most = count;
  }
  assert.equal(most, 2);
});

test("what is no recording is refused", () => {
  for (const text of ["", "{}\n", "[]\n", '{"format":"vigil-screen","version":2}\n', "x".repeat(5_000)]) {
    assert.throws(() => decodeRecordingHead(Buffer.from(text)), { code: "wire.kvm.malformed" }, text.slice(0, 20));
  }
  const file = written();
  const { bytes } = decodeRecordingHead(file);
  file[bytes + 4] = 2;
  assert.throws(() => [...recordedPieces(file, bytes)], { code: "wire.kvm.malformed" });
  assert.throws(() => encodePieceHead(0, "device", 2 ** 24), { code: "wire.kvm.value" });
});
