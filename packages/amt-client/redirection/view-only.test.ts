import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeViewerMessage, kvmStart, versionText, type ViewerMessage } from "@vigil/wire/redirection/kvm.ts";
import { pixelFormats } from "@vigil/wire/redirection/kvm-pixels.ts";
import { encodeManagerSol } from "@vigil/wire/redirection/sol.ts";
import { activityIn } from "./activity.ts";
import { ViewOnly } from "./view-only.ts";

const shows: readonly ViewerMessage[] = [
  { kind: "format", format: pixelFormats.rgb565 },
  { kind: "encodings", encodings: [16, 0, -223] },
  { kind: "request", isIncremental: true, x: 1, y: 2, width: 3, height: 4 },
];
const hands: readonly ViewerMessage[] = [
  { kind: "key", isDown: true, keysym: 0x61 },
  { kind: "pointer", buttons: 1, x: 5, y: 6 },
  { kind: "text", bytes: Buffer.from("secret") },
];
const greeting = Buffer.concat([kvmStart, Buffer.from(versionText), Uint8Array.of(1, 1)]);

function said(messages: readonly ViewerMessage[]): Buffer {
  return Buffer.concat([greeting, ...messages.map((one) => encodeViewerMessage(one))]);
}

test("what shows goes on and what a hand does goes nowhere, wherever the bytes are cut", () => {
  const [first, second, third] = shows;
  const [key, pointer, text] = hands;
  assert.ok(first && second && third && key && pointer && text);
  const all = said([first, key, second, pointer, text, third]);
  for (let at = 0; at <= all.length; at += 1) {
    const filter = new ViewOnly();
    const passed = Buffer.concat([filter.pass(all.subarray(0, at)), filter.pass(all.subarray(at))]);
    assert.deepEqual(passed, said(shows), `cut at ${at}`);
  }
});

test("whatever the first bytes are, they are those that open a screen", () => {
  assert.deepEqual(new ViewOnly().pass(new Uint8Array(8).fill(0xff)), Buffer.from(kvmStart));
});

test("a screen's activity is keys, pointer and text, and not what a viewer asks for by itself", () => {
  const isActive = activityIn("kvm");
  assert.equal(isActive(greeting.subarray(0, 5)), false);
  assert.equal(isActive(greeting.subarray(5)), false);
  for (const one of shows) assert.equal(isActive(encodeViewerMessage(one)), false, one.kind);
  for (const one of hands) assert.equal(isActive(encodeViewerMessage(one)), true, one.kind);
});

test("a serial line's activity is keys, and not its beats", () => {
  const isActive = activityIn("sol");
  assert.equal(isActive(encodeManagerSol({ type: "heartbeat", sequence: 1 })), false);
  assert.equal(isActive(encodeManagerSol({ type: "data", sequence: 2, data: Buffer.from("x") })), true);
});

test("what cannot be read is taken for something done", () => {
  const isActive = activityIn("sol");
  assert.equal(isActive(Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0)), true);
  assert.equal(isActive(encodeManagerSol({ type: "heartbeat", sequence: 1 })), true);
});
