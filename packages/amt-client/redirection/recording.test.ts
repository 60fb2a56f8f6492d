import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeViewerMessage, kvmStart, kvmStarted, versionText } from "@vigil/wire/redirection/kvm.ts";
import { decodeRecordingHead, recordedPieces } from "@vigil/wire/redirection/screen-recording.ts";
import { encodeDeviceSol } from "@vigil/wire/redirection/sol.ts";
import { screenRecording, serialLineRecording } from "./recording.ts";

const about = {
  startedAt: new Date(1_700_000_000_500),
  device: "01234567-89ab-cdef-0123-456789abcdef",
  hostName: "desk-1",
};

function said(text: string, sequence = 0): Uint8Array {
  return encodeDeviceSol({ type: "data", sequence, data: Buffer.from(text) });
}

test("a serial line is an asciicast of what the host wrote, a character that was cut included", () => {
  const recording = serialLineRecording(about);
  const euro = Buffer.from("€");
  const first = encodeDeviceSol({ type: "data", sequence: 1, data: euro.subarray(0, 1) });
  const rest = encodeDeviceSol({ type: "data", sequence: 2, data: euro.subarray(1) });
  const message = said("login: ");
  const parts = [
    recording.head,
    // The message itself is cut, too.
    ...recording.fromDevice(message.subarray(0, 5), 100),
    ...recording.fromDevice(message.subarray(5), 250),
    ...recording.fromDevice(encodeDeviceSol({ type: "heartbeat", sequence: 3 }), 300),
    ...recording.fromDevice(first, 400),
    ...recording.fromDevice(rest, 1_500),
  ];
  const lines = String(Buffer.concat(parts)).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((one) => JSON.parse(one) as unknown),
    [
      { version: 2, width: 80, height: 25, timestamp: 1_700_000_000, title: "desk-1" },
      [0.25, "o", "login: "],
      [1.5, "o", "€"],
    ],
  );
});

test("a serial line that cannot be read any more is put down no further", () => {
  const recording = serialLineRecording(about);
  assert.deepEqual(recording.fromDevice(new Uint8Array(12).fill(0xff), 1), []);
  assert.deepEqual(recording.fromDevice(said("x"), 2), []);
});

test("a screen is its bytes with their time, and of the viewer's those that show", () => {
  const recording = screenRecording(about);
  const request = encodeViewerMessage({ kind: "request", isIncremental: true, x: 0, y: 0, width: 9, height: 9 });
  const key = encodeViewerMessage({ kind: "key", isDown: true, keysym: 0x70 });
  const file = Buffer.concat([
    recording.head,
    ...recording.toDevice(kvmStart, 0),
    ...recording.fromDevice(kvmStarted.subarray(0, 3), 1),
    ...recording.fromDevice(Buffer.concat([kvmStarted.subarray(3), Buffer.from(versionText)]), 2),
    ...recording.toDevice(Buffer.concat([Buffer.from(versionText), Uint8Array.of(1, 1), key, request]), 3),
    ...recording.toDevice(key, 4),
    ...recording.toDevice(new Uint8Array(20).fill(0xff), 5),
    ...recording.fromDevice(Uint8Array.of(1, 1), 6.4),
  ]);
  const { head, bytes } = decodeRecordingHead(file);
  assert.equal(head.startedAt, about.startedAt.getTime());
  assert.deepEqual(
    [...recordedPieces(file, bytes)].map((one) => [one.atMs, one.side, Buffer.from(one.bytes).toString("latin1")]),
    [
      [2, "device", versionText],
      [3, "viewer", `${versionText}\u0001\u0001${Buffer.from(request).toString("latin1")}`],
      [6, "device", "\u0001\u0001"],
    ],
  );
});
