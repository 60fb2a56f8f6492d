import assert from "node:assert/strict";
import { test } from "node:test";
import { pixelFormats } from "@vigil/wire/redirection/kvm-pixels.ts";
import { encodeStored } from "@vigil/wire/redirection/kvm-stream.ts";
import {
  encodeScreenInit,
  encodeScreenMessage,
  encodeSecurityResult,
  encodeViewerMessage,
  versionText,
} from "@vigil/wire/redirection/kvm.ts";
import { encodePieceHead, encodeRecordingHead } from "@vigil/wire/redirection/screen-recording.ts";
import { screenRecording, serialRecording } from "./recordings.ts";

function aPage() {
  let text = "";
  const page = {
    reset: () => void (text = ""),
    write: (more: string) => void (text += more),
  };
  return { page, text: () => text };
}

const cast = Buffer.from(
  '{"version":2,"width":80,"height":24}\n[0.5,"o","disk> "]\n[1.25,"i","x"]\n[2,"o","dir\\r\\n"]\n[3,"o","cut o',
);

test("the recording of a serial line is shown as it was at any time, forth and back, up to its last whole line", () => {
  const { page, text } = aPage();
  const recording = serialRecording(cast, page);
  assert.equal(recording.lengthMs, 2_000);
  recording.showAt(499);
  assert.equal(text(), "");
  recording.showAt(1_999);
  assert.equal(text(), "disk> ");
  recording.showAt(2_000);
  assert.equal(text(), "disk> dir\r\n");
  recording.showAt(600);
  assert.equal(text(), "disk> ");
});

test("what is no asciicast of version 2 is refused", () => {
  for (const file of ['{"version":1}\n', "<html>", ""]) {
    assert.throws(() => serialRecording(Buffer.from(file), aPage().page), { code: "console.recording.unreadable" });
  }
});

function piece(atMs: number, side: "device" | "viewer", bytes: Uint8Array): Uint8Array {
  return Buffer.concat([encodePieceHead(atMs, side, bytes.length), bytes]);
}

function tileOf(low: number, high: number): Uint8Array {
  const tile = { kind: "tile", x: 0, y: 0, width: 16, height: 16, encoding: "rle" } as const;
  return Buffer.concat([
    encodeScreenMessage({ kind: "update", rectangles: 1 }),
    encodeScreenMessage({ ...tile, bytes: encodeStored(Uint8Array.of(1, low, high)) }),
  ]);
}

const greeting = Buffer.concat([
  Buffer.from(versionText),
  Uint8Array.of(1, 1),
  encodeSecurityResult(),
  encodeScreenInit({ width: 16, height: 16, format: pixelFormats.rgb332, name: "AMT" }),
]);
const viewer = Buffer.concat([
  Buffer.from(versionText),
  Uint8Array.of(1, 1),
  encodeViewerMessage({ kind: "format", format: pixelFormats.rgb565 }),
]);
const film = Buffer.concat([
  encodeRecordingHead({ startedAt: 0, device: "d", hostName: null }),
  piece(0, "device", greeting.subarray(0, 20)),
  piece(5, "device", greeting.subarray(20)),
  piece(10, "viewer", viewer),
  piece(1_000, "device", tileOf(0x00, 0xf8)),
  piece(2_000, "device", tileOf(0xe0, 0x07)),
]);

test("the recording of a screen is drawn as it was at any time, forth and back, in the format that its viewer chose", () => {
  const pixels: string[] = [];
  const recording = screenRecording(film, {
    resize: () => {},
    draw: ({ rgba }) => void pixels.push(rgba.subarray(0, 3).join(" ")),
  });
  assert.equal(recording.lengthMs, 2_000);
  recording.showAt(999);
  recording.showAt(1_500);
  recording.showAt(5_000);
  recording.showAt(1_000);
  assert.deepEqual(pixels, ["0 0 0", "255 0 0", "0 255 0", "255 0 0"]);
});
