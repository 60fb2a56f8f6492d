import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { aSessionPair, type SessionPair } from "../testing/session-pair.ts";
import { openSerialLine, type SerialLine, type SerialLines, type SerialOptions } from "./sol.ts";

// The client's serial line, and the serial port of a virtual device's host.

interface Screen {
  readonly line: SerialLine;
  /** Everything the host has said. */
  text: string;
  readonly lines: SerialLines[];
  readonly states: string[];
}

async function openedOn(pair: SessionPair, more: Partial<SerialOptions> = {}): Promise<Screen> {
  const lines: SerialLines[] = [];
  const states: string[] = [];
  const line = await openSerialLine({
    ...pair.options,
    onLines: (one) => lines.push(one),
    onResume: (state) => states.push(state),
    ...more,
  });
  const screen: Screen = { line, text: "", lines, states };
  line.on("data", (bytes: Buffer) => (screen.text += bytes.toString("latin1")));
  line.on("error", () => {});
  await pair.clock.advance(200);
  return screen;
}

async function type(pair: SessionPair, screen: Screen, keys: string): Promise<string> {
  screen.text = "";
  screen.line.write(keys);
  await pair.clock.advance(10);
  return screen.text;
}

/** Power and options as a manager leaves them, and a start of the host. */
async function boot(pair: SessionPair, settings: Record<string, boolean | number | string>): Promise<void> {
  pair.firmware.change((state) => {
    state.boot = { ...state.boot, settings, isNext: true };
  });
  assert.equal(pair.firmware.power.request(10), 0);
  await pair.clock.advance(2_000);
}

test("what is typed at the host's prompt comes back, and commands are answered", async () => {
  const pair = aSessionPair();
  const screen = await openedOn(pair);
  assert.deepEqual(screen.lines, [{ isPoweredOn: true, hasOverflowed: false }]);
  assert.equal(await type(pair, screen, "hello"), "hello");
  assert.equal(await type(pair, screen, "\u007f\r"), "\b \b\r\nhell: unknown\r\ndisk> ");
  screen.line.destroy();
});

test("the boot is seen when it is redirected, and only then; power changes are told", async () => {
  const pair = aSessionPair();
  const screen = await openedOn(pair);
  await boot(pair, {});
  assert.equal(screen.text, "Starting the operating system\r\ndisk> ");
  screen.text = "";
  await boot(pair, { UseSOL: true });
  assert.match(screen.text, /Virtual BIOS of [^\r]+\r\nStarting the operating system\r\ndisk> $/);
  pair.firmware.power.request(8);
  await pair.clock.advance(2_000);
  assert.deepEqual(screen.lines.at(-1), { isPoweredOn: false, hasOverflowed: false });
  assert.equal(await type(pair, screen, "x"), "");
  screen.line.destroy();
});

test("BIOS setup is shown when it was asked for, and left by Escape", async () => {
  const pair = aSessionPair();
  const screen = await openedOn(pair);
  await boot(pair, { UseSOL: true, BIOSSetup: true });
  assert.match(screen.text, /BIOS setup\r\n 1 Machine\r\n 2 Boot menu\r\n/);
  assert.match(await type(pair, screen, "2"), /Boot source {6}BIOS order/);
  assert.match(await type(pair, screen, "\u001b"), /Leaving setup\r\nStarting the operating system/);
  screen.line.destroy();
});

test("the device is told when the line is closed, both ways", async () => {
  for (const close of ["end", "destroy"] as const) {
    const pair = aSessionPair();
    const { line } = await openedOn(pair);
    assert.ok(pair.firmware.sessions.of("sol") !== undefined);
    const closed = once(line, "close");
    line[close]();
    await closed;
    await pair.clock.advance(0);
    assert.equal(pair.firmware.sessions.of("sol"), undefined);
    assert.equal(pair.clock.pending(), 0);
  }
});

test("a line that somebody else ends says so, and is not resumed", async () => {
  const pair = aSessionPair();
  const screen = await openedOn(pair, { resumeForMs: 60_000 });
  const failed = once(screen.line, "error");
  pair.firmware.sessions.end("sol");
  const [error] = await failed;
  assert.ok(error instanceof VigilError);
  assert.equal(error.code, "amt.redirection.closed");
  assert.deepEqual(screen.states, []);
});

test("a quiet line stays open by heartbeats, and a silent device is a loss", async () => {
  const pair = aSessionPair();
  const screen = await openedOn(pair);
  for (let second = 0; second < 60; second += 1) await pair.clock.advance(1_000);
  assert.equal(await type(pair, screen, "a"), "a");
  screen.line.destroy();
});

test("a line that is lost comes back, and what is typed meanwhile arrives", async () => {
  const pair = aSessionPair();
  const screen = await openedOn(pair, { resumeForMs: 60_000 });
  pair.cut();
  await pair.clock.advance(0);
  assert.deepEqual(screen.states, ["lost"]);
  screen.line.write("later");
  screen.text = "";
  await pair.clock.advance(1_000);
  await pair.clock.advance(300);
  assert.deepEqual(screen.states, ["lost", "back"]);
  assert.equal(screen.text, "later");
  screen.line.destroy();
});

test("a line that does not come back in time has failed; without a limit it is not tried at all", async () => {
  for (const resumeForMs of [0, 5_000]) {
    const pair = aSessionPair();
    const screen = await openedOn(pair, { resumeForMs });
    const failed = once(screen.line, "error");
    pair.cut("for good");
    for (let second = 0; second < 8; second += 1) await pair.clock.advance(1_000);
    const [error] = await failed;
    assert.ok(error instanceof VigilError);
    assert.equal(error.code, "amt.redirection.closed");
    assert.deepEqual(screen.states, resumeForMs === 0 ? [] : ["lost"]);
    assert.equal(pair.clock.pending(), 0);
  }
});

test("while nobody reads, the device holds its output back, and says what it had to drop", async () => {
  const pair = aSessionPair();
  const lines: SerialLines[] = [];
  const line = await openSerialLine({ ...pair.options, onLines: (one) => lines.push(one) });
  await pair.clock.advance(200);
  for (let count = 0; count < 400; count += 1) pair.firmware.machine.serial.write(`${String(count).padStart(498)}\r\n`);
  await pair.clock.advance(100);
  let bytes = 0;
  line.on("data", (part: Buffer) => (bytes += part.length));
  for (let turn = 0; turn < 20; turn += 1) await pair.clock.advance(100);
  assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
  assert.ok(lines.some((one) => one.hasOverflowed));
  assert.equal(lines.at(-1)?.hasOverflowed, false);
  line.destroy();
});
