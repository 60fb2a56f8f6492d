import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { pixelFormats } from "@vigil/wire/redirection/kvm-pixels.ts";
import { encodeStored } from "@vigil/wire/redirection/kvm-stream.ts";
import { ViewerReader, type ViewerEvent } from "@vigil/wire/redirection/kvm-viewer-reader.ts";
import {
  encodeScreenInit,
  encodeScreenMessage,
  encodeSecurityResult,
  kvmStart,
  kvmStarted,
  versionText,
  type Rectangle,
} from "@vigil/wire/redirection/kvm.ts";
import { ScreenSpeaker, type Paper } from "./screen-speaker.ts";
import { MemorySocket, opened } from "./testing/memory-socket.ts";
import type { FromScreen } from "./words.ts";

/** A page that shows a frame when the test says so. */
class TestPaper implements Paper {
  readonly drawn: { readonly pixel: readonly number[]; readonly changed: Rectangle }[] = [];
  #due: (() => void)[] = [];

  resize(): void {}

  draw(rgba: Uint8ClampedArray<ArrayBuffer>, width: number, _height: number, changed: Rectangle): void {
    const at = 4 * (changed.y * width + changed.x);
    this.drawn.push({ pixel: [...rgba.subarray(at, at + 4)], changed });
  }

  onFrame(run: () => void): void {
    this.#due.push(run);
  }

  frame(): void {
    const due = this.#due;
    this.#due = [];
    for (const one of due) one();
  }
}

function aScreen() {
  const clock = testClock();
  const socket = new MemorySocket();
  const paper = new TestPaper();
  const said: FromScreen[] = [];
  const speaker = new ScreenSpeaker(socket, clock, paper, (message) => void said.push(message));
  const reader = new ViewerReader(false);
  const asked = (): readonly ViewerEvent[] => [...reader.push(socket.taken())];
  return { clock, socket, paper, said, speaker, asked };
}

const greeting = Buffer.concat([
  kvmStarted,
  Buffer.from(versionText),
  Uint8Array.of(1, 1),
  encodeSecurityResult(),
  encodeScreenInit({ width: 128, height: 96, format: pixelFormats.rgb565, name: "AMT" }),
]);

/** An update of one red tile. */
function redAt(x: number, y: number): Uint8Array {
  const tile = { kind: "tile", x, y, width: 64, height: 32, encoding: "rle" } as const;
  const bytes = encodeStored(Uint8Array.of(1, 0x00, 0xf8));
  return Buffer.concat([
    encodeScreenMessage({ kind: "update", rectangles: 1 }),
    encodeScreenMessage({ ...tile, bytes }),
  ]);
}

function open() {
  const screen = aScreen();
  screen.socket.frame(opened);
  assert.deepEqual(screen.socket.taken(), kvmStart);
  screen.socket.bytes(greeting);
  return screen;
}

test("it greets, says what it understands, and asks for the whole picture, however the bytes are cut", () => {
  for (let cut = 0; cut <= greeting.length; cut += 7) {
    const { socket, said, asked } = aScreen();
    socket.frame(opened);
    socket.taken();
    socket.bytes(greeting.subarray(0, cut));
    socket.bytes(greeting.subarray(cut));
    assert.deepEqual(said, [{ type: "size", width: 128, height: 96 }, { type: "open" }]);
    const events = asked();
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["version", "security", "share", "encodings", "format", "request"],
    );
    assert.deepEqual(events.at(-1), { kind: "request", isIncremental: false, x: 0, y: 0, width: 128, height: 96 });
  }
});

test("tiles are drawn with the next frame, one update is asked for ahead, and no more", () => {
  const { socket, paper, asked } = open();
  asked();
  socket.bytes(redAt(0, 0));
  assert.equal(paper.drawn.length, 0);
  assert.deepEqual(
    asked().map(({ kind }) => kind),
    ["request"],
  );
  socket.bytes(redAt(64, 32));
  assert.deepEqual(asked(), [], "the frame before has not been shown");
  paper.frame();
  const [first] = paper.drawn;
  assert.deepEqual(first, { pixel: [255, 0, 0, 255], changed: { x: 0, y: 0, width: 128, height: 96 } });
  assert.deepEqual(
    asked().map(({ kind }) => kind),
    ["request"],
  );
  paper.frame();
  socket.bytes(redAt(64, 32));
  paper.frame();
  assert.deepEqual(paper.drawn.at(-1)?.changed, { x: 64, y: 32, width: 64, height: 32 });
});

test("while nobody looks nothing is asked for, and then the changes are", () => {
  const { socket, paper, speaker, asked } = open();
  asked();
  speaker.looking(false);
  socket.bytes(redAt(0, 0));
  paper.frame();
  assert.deepEqual(asked(), []);
  speaker.looking(true);
  assert.deepEqual(asked(), [{ kind: "request", isIncremental: true, x: 0, y: 0, width: 128, height: 96 }]);
});

test("keys, pointer and a text go out as they are, the pointer inside the screen", async () => {
  const { clock, speaker, said, asked } = open();
  asked();
  speaker.press([0xffe3, 0xffe9, 0xffff]);
  speaker.pointer(500, -3, 1);
  const sent = asked();
  assert.deepEqual(sent.slice(0, 6), [
    { kind: "key", keysym: 0xffe3, isDown: true },
    { kind: "key", keysym: 0xffe9, isDown: true },
    { kind: "key", keysym: 0xffff, isDown: true },
    { kind: "key", keysym: 0xffff, isDown: false },
    { kind: "key", keysym: 0xffe9, isDown: false },
    { kind: "key", keysym: 0xffe3, isDown: false },
  ]);
  assert.deepEqual(sent[6], { kind: "pointer", x: 127, y: 0, buttons: 1 });
  speaker.type([0x61, 0x62]);
  await clock.advance(100);
  assert.deepEqual(
    asked().map((one) => (one.kind === "key" ? one.keysym : 0)),
    [0x61, 0x61, 0x62, 0x62],
  );
  assert.deepEqual(said.at(-1), { type: "typing", left: 0 });
});

test("the next update is asked for as soon as one begins to come, unless the one before waits to be drawn", () => {
  const { socket, paper, asked } = open();
  asked();
  const update = redAt(0, 0);
  socket.bytes(update.subarray(0, 6));
  assert.equal(asked().length, 1, "its head alone has come");
  socket.bytes(update.subarray(6));
  assert.deepEqual(asked(), []);
  socket.bytes(update.subarray(0, 6));
  assert.deepEqual(asked(), [], "nothing has been drawn yet");
  paper.frame();
  socket.bytes(update.subarray(6));
  assert.equal(asked().length, 1);
});

test("pictures that are drawn and bytes are counted each second, and bytes that are no picture end it with a code", async () => {
  const { clock, socket, paper, said } = open();
  await clock.advance(1_000);
  socket.bytes(redAt(0, 0));
  paper.frame();
  socket.bytes(redAt(0, 0));
  await clock.advance(1_000);
  assert.deepEqual(said.at(-1), {
    type: "rates",
    framesPerSecond: 1,
    bytesPerSecond: 2 * redAt(0, 0).length,
    busyMs: 0,
  });
  socket.bytes(Uint8Array.of(99));
  const last = said.at(-1);
  assert.equal(last?.type === "over" ? last.error?.code : "", "wire.kvm.malformed");
  await clock.advance(0);
  assert.equal(clock.pending(), 0);
});
