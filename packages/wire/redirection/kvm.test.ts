import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { codeOf } from "../testing/messages.ts";
import { decodeChannelMessage, encodeChannelMessage } from "./kvm-channel.ts";
import { pixelFormats } from "./kvm-pixels.ts";
import { ScreenReader, type ScreenEvent } from "./kvm-screen-reader.ts";
import { ViewerReader, type ViewerEvent } from "./kvm-viewer-reader.ts";
import {
  encodeScreenInit,
  encodeScreenMessage,
  encodeSecurityResult,
  encodeViewerMessage,
  mostTextBytes,
  versionText,
  type ScreenMessage,
  type ViewerMessage,
} from "./kvm.ts";

const ascii = (text: string): Buffer => Buffer.from(text, "latin1");
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

function golden(file: string): Buffer {
  return hex(readFileSync(join(import.meta.dirname, "../goldens/kvm", file), "latin1"));
}

/** Greeting, encodings, a format of eight bits, the first request, a key, the pointer, a text. */
const viewerBytes = golden("viewer.hex");

const viewerEvents: readonly ViewerEvent[] = [
  { kind: "version", text: versionText },
  { kind: "security", type: 1 },
  { kind: "share", isShared: true },
  { kind: "encodings", encodings: [16, 0, 1092, -223] },
  { kind: "format", format: pixelFormats.rgb332 },
  { kind: "request", isIncremental: false, x: 0, y: 0, width: 1024, height: 768 },
  { kind: "key", isDown: true, keysym: 0xffe3 },
  { kind: "pointer", buttons: 1, x: 16, y: 32 },
  { kind: "text", bytes: ascii("hi") },
];

/** Greeting, an update of two tiles and a size, the bell, a text. */
const screenBytes = golden("screen.hex");

const screenEvents: readonly ScreenEvent[] = [
  { kind: "version", text: versionText },
  { kind: "security", types: [1] },
  { kind: "admitted" },
  { kind: "init", width: 1024, height: 768, format: pixelFormats.rgb565, name: "AMT" },
  { kind: "update", rectangles: 3 },
  { kind: "tile", x: 0, y: 0, width: 2, height: 1, encoding: "raw", bytes: hex("00f8e007") },
  { kind: "tile", x: 64, y: 64, width: 64, height: 64, encoding: "rle", bytes: hex("000300fcff011f00") },
  { kind: "size", width: 640, height: 480 },
  { kind: "updated" },
  { kind: "bell" },
  { kind: "text", bytes: ascii("!") },
];

function plain<T>(events: Iterable<T>): unknown {
  const bytesAsHex = (_key: string, value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
  return JSON.parse(
    JSON.stringify([...events], bytesAsHex).replaceAll(/\{"type":"Buffer","data":\[[\d,]*\]\}/g, bufferAsHex),
  );
}

/** A Buffer turns itself into an object before a replacer sees it. */
function bufferAsHex(text: string): string {
  const { data }: { data: number[] } = JSON.parse(text);
  return JSON.stringify(Buffer.from(data).toString("hex"));
}

test("what a viewer sends is read as it was made by hand, cut anywhere", () => {
  for (let cut = 0; cut <= viewerBytes.length; cut += 1) {
    const reader = new ViewerReader(false);
    const events = [...reader.push(viewerBytes.subarray(0, cut)), ...reader.push(viewerBytes.subarray(cut))];
    assert.deepEqual(plain(events), plain(viewerEvents), `cut at ${cut}`);
  }
});

test("what firmware sends is read as it was made by hand, cut anywhere and byte by byte", () => {
  for (let cut = 0; cut <= screenBytes.length; cut += 1) {
    const reader = new ScreenReader(false);
    const events = [...reader.push(screenBytes.subarray(0, cut)), ...reader.push(screenBytes.subarray(cut))];
    assert.deepEqual(plain(events), plain(screenEvents), `cut at ${cut}`);
  }
  const slow = new ScreenReader(false);
  assert.deepEqual(plain([...screenBytes].flatMap((byte) => [...slow.push(Uint8Array.of(byte))])), plain(screenEvents));
});

test("both sides write what was made by hand", () => {
  const fromViewer = viewerEvents.slice(3).map((one) => encodeViewerMessage(one as ViewerMessage));
  assert.deepEqual(Buffer.concat(fromViewer), viewerBytes.subarray(14));
  const init = encodeScreenInit({ width: 1024, height: 768, format: pixelFormats.rgb565, name: "AMT" });
  const fromScreen = screenEvents
    .slice(4)
    .filter((one) => one.kind !== "updated")
    .map((one) => encodeScreenMessage(one as ScreenMessage));
  const greeting = Buffer.concat([ascii(versionText), hex("0101"), encodeSecurityResult(), init]);
  assert.deepEqual(Buffer.concat([greeting, ...fromScreen]), screenBytes);
});

test("a password is a challenge of sixteen bytes and its response", () => {
  const challenge = hex("000102030405060708090a0b0c0d0e0f");
  const screen = new ScreenReader(true);
  const greeting = Buffer.concat([ascii(versionText), hex("0102"), challenge, encodeSecurityResult("wrong password")]);
  assert.deepEqual(plain(screen.push(greeting)), [
    { kind: "version", text: versionText },
    { kind: "security", types: [2] },
    { kind: "challenge", bytes: challenge.toString("hex") },
    { kind: "refused", reason: "wrong password" },
  ]);
  assert.deepEqual([...screen.push(hex("ff"))], [], "nothing follows a refusal");
  const viewer = new ViewerReader(true);
  const events = viewer.push(Buffer.concat([ascii(versionText), hex("02"), challenge, hex("00")]));
  assert.deepEqual(plain(events), [
    { kind: "version", text: versionText },
    { kind: "security", type: 2 },
    { kind: "response", bytes: challenge.toString("hex") },
    { kind: "share", isShared: false },
  ]);
});

test("an empty list of security types is a refusal with its reason", () => {
  const reader = new ScreenReader(false);
  const events = [...reader.push(Buffer.concat([ascii(versionText), hex("00 00000004"), ascii("busy")]))];
  assert.deepEqual(events.at(-1), { kind: "refused", reason: "busy" });
});

/** What firmware says after this has been shown. */
function afterGreeting(text: string): () => unknown {
  return () => [...new ScreenReader(false).push(Buffer.concat([screenBytes.subarray(0, 45), hex(text)]))];
}

test("tiles that are too large or lie outside, unknown encodings and messages are refused before their bytes are kept", () => {
  assert.equal(codeOf(afterGreeting("00000001 0000 0000 0041 0001 00000000")), "wire.kvm.malformed");
  assert.equal(codeOf(afterGreeting("00000001 0000 0000 0000 0001 00000000")), "wire.kvm.malformed");
  assert.equal(codeOf(afterGreeting("00000001 03c1 0000 0040 0001 00000000")), "wire.kvm.malformed");
  assert.equal(codeOf(afterGreeting("00000001 0000 0000 0040 0001 00000005")), "wire.kvm.malformed");
  assert.equal(codeOf(afterGreeting("00000001 0000 0000 0040 0001 00000010 00ffffff")), "wire.kvm.too-large");
  assert.equal(codeOf(afterGreeting("00000001 0000 0000 ffff ffff ffffff21")), "wire.kvm.too-large");
  assert.equal(codeOf(afterGreeting("03000000 00ffffff")), "wire.kvm.too-large");
  assert.equal(codeOf(afterGreeting("01")), "wire.kvm.malformed");
});

test("a viewer's lists and texts have their limits", () => {
  const after = (text: string) => (): unknown => [
    ...new ViewerReader(false).push(Buffer.concat([viewerBytes.subarray(0, 14), hex(text)])),
  ];
  assert.equal(codeOf(after("02 00 0101")), "wire.kvm.too-large");
  assert.equal(codeOf(after("06 000000 7fffffff")), "wire.kvm.too-large");
  assert.equal(codeOf(after("07")), "wire.kvm.malformed");
  assert.equal(
    codeOf(() => [...new ViewerReader(false).push(ascii("GET / HTTP/1.1\r\n"))]),
    "wire.kvm.malformed",
  );
  const long = new Uint8Array(mostTextBytes + 1);
  assert.equal(
    codeOf(() => encodeViewerMessage({ kind: "text", bytes: long })),
    "wire.kvm.value",
  );
});

const bytes = fc.uint8Array({ maxLength: 300 });
const word = fc.integer({ min: 0, max: 65_535 });
const anyMessage: fc.Arbitrary<ViewerMessage> = fc.oneof(
  fc.record({ kind: fc.constant("format" as const), format: fc.constantFrom(...Object.values(pixelFormats)) }),
  fc.record({ kind: fc.constant("encodings" as const), encodings: fc.array(fc.integer(), { maxLength: 20 }) }),
  fc.record({
    kind: fc.constant("request" as const),
    isIncremental: fc.boolean(),
    x: word,
    y: word,
    width: word,
    height: word,
  }),
  fc.record({ kind: fc.constant("key" as const), isDown: fc.boolean(), keysym: fc.nat({ max: 0xffff_ffff }) }),
  fc.record({ kind: fc.constant("pointer" as const), buttons: fc.integer({ min: 0, max: 255 }), x: word, y: word }),
  fc.record({ kind: fc.constant("text" as const), bytes }),
);

test("any messages of a viewer come back as they were, cut in any pieces", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 10 }), cuts, (messages, sizes) => {
      const reader = new ViewerReader(false);
      assert.equal([...reader.push(viewerBytes.subarray(0, 14))].length, 3);
      const all = Buffer.concat(messages.map((one) => encodeViewerMessage(one)));
      const events: ViewerEvent[] = [];
      for (let at = 0, turn = 0; at < all.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        events.push(...reader.push(all.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(plain(events), plain(messages));
    }),
  );
});

test("the texts of both sides carry data, commands and clipboards", () => {
  const data = hex("004b766d446174614368616e6e656c00 0102");
  assert.deepEqual(plain([decodeChannelMessage(data)]), [{ kind: "data", payload: "0102" }]);
  const command = hex("004b766d457874436d6400 04 01");
  assert.deepEqual(plain([decodeChannelMessage(command)]), [{ kind: "command", command: 4, values: "01" }]);
  for (const text of [data, command, ascii("plain text"), ascii("\0KvmExtCmd\0"), ascii("")]) {
    assert.deepEqual(Buffer.from(encodeChannelMessage(decodeChannelMessage(text))), text);
  }
});
