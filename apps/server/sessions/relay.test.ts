import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { duplexPair, type Duplex } from "node:stream";
import { after, before, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { fail as failDevice } from "@vigil/amt-client/errors.ts";
import type { OpenSession } from "@vigil/amt-client/redirection/session.ts";
import { SessionStream } from "@vigil/amt-client/redirection/session-stream.ts";
import { testClock, type TestClock } from "@vigil/base/clock.ts";
import type { VigilError } from "@vigil/base/errors.ts";
import { fail } from "./errors.ts";
import { Relay } from "./relay.ts";

// A real web socket on one side, a stream that a test holds the far end of on the other, and a clock that stands still.

let server: WebSocketServer;
before(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
});
after(() => {
  for (const one of server.clients) one.terminate();
  server.close();
});

interface Relayed extends AsyncDisposable {
  readonly relay: Relay;
  readonly browser: WebSocket;
  /** The server's end of it. */
  readonly socket: WebSocket;
  /** The far end of the stream to the device: what the test writes, the device says. */
  readonly device: Duplex;
  /** The near one, the relay's. */
  readonly near: Duplex;
  readonly clock: TestClock;
  /** What the browser was told in text. */
  readonly told: unknown[];
}

async function relayed(
  kind: "sol" | "ider" | "kvm" = "sol",
  more: {
    readonly isViewOnly?: boolean;
    readonly rest?: Uint8Array;
    readonly idleMs?: number;
    readonly absence?: OpenSession["absence"];
    readonly lostMs?: number;
  } = {},
): Promise<Relayed> {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection");
  const browser = new WebSocket(`ws://127.0.0.1:${port}`);
  const told: unknown[] = [];
  browser.on("message", (data, isBinary) => {
    if (!isBinary) told.push(JSON.parse(String(data)));
  });
  const [[socket]] = await Promise.all([accepted, once(browser, "open")]);
  assert.ok(socket instanceof WebSocket);
  const [near, device] = duplexPair();
  const stream = new SessionStream(near, { session: kind });
  const clock = testClock();
  const { isViewOnly = false, rest = new Uint8Array(), idleMs = 60_000, lostMs } = more;
  const close = (): void => stream.end(Uint8Array.of(0x12, 0, 0, 0));
  const absence = more.absence ?? (() => Promise.resolve(undefined));
  const session: OpenSession = { kind, stream, rest, details: {}, close, absence };
  const relay = new Relay({
    socket,
    session,
    clock,
    isViewOnly,
    idleMs,
    totalMs: 600_000,
    ...(lostMs === undefined ? {} : { lostMs }),
  });
  return {
    relay,
    browser,
    socket,
    device,
    near,
    clock,
    told,
    async [Symbol.asyncDispose]() {
      relay.end(null);
      device.resume().end();
      await relay.over;
      browser.terminate();
      assert.equal(clock.pending(), 0, "no timer is left");
    },
  };
}

interface Back {
  readonly browser: WebSocket;
  readonly socket: WebSocket;
  readonly told: unknown[];
  /** Waits until so many bytes have come. @returns all of them */
  atLeast(count: number): Promise<string>;
}

/** Another socket of the same browser. */
async function again(): Promise<Back> {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection");
  const browser = new WebSocket(`ws://127.0.0.1:${port}`);
  const told: unknown[] = [];
  let came = Buffer.alloc(0);
  browser.on("message", (data, isBinary) => {
    if (!isBinary) told.push(JSON.parse(String(data)));
    else if (data instanceof Buffer) came = Buffer.concat([came, data]);
  });
  const [[socket]] = await Promise.all([accepted, once(browser, "open")]);
  assert.ok(socket instanceof WebSocket);
  const atLeast = async (count: number): Promise<string> => {
    while (came.length < count) await once(browser, "message");
    return String(came);
  };
  return { browser, socket, told, atLeast };
}

const mostSystemBytes = 256 * 1024 * 1024;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function nextBytes(browser: WebSocket): Promise<Buffer> {
  for (;;) {
    const [data, isBinary] = await once(browser, "message");
    if (isBinary === true && data instanceof Buffer) return data;
  }
}

test("bytes go both ways in order, what came with the login first", async () => {
  await using all = await relayed("ider", { rest: Buffer.from("first ") });
  assert.equal(String(await nextBytes(all.browser)), "first ");
  all.device.write("second");
  assert.equal(String(await nextBytes(all.browser)), "second");
  all.browser.send(Buffer.from("back"));
  const [back] = await once(all.device, "data");
  assert.equal(String(back), "back");
  assert.deepEqual([all.relay.bytesFromDevice, all.relay.bytesToDevice], [12, 4]);
});

test("a session in which nobody does anything ends, and beats that keep it alive do not count", async () => {
  await using all = await relayed("ider", { idleMs: 60_000 });
  const beat = Uint8Array.of(0x4b, 0, 0, 0, 1, 0, 0, 0);
  for (let minutes = 0; minutes < 3; minutes += 1) {
    all.browser.send(beat);
    await once(all.device, "data");
    await all.clock.advance(19_000);
  }
  assert.equal(all.browser.readyState, WebSocket.OPEN);
  await all.clock.advance(3_001);
  const [code] = await once(all.browser, "close");
  assert.equal(code, 4001);
  assert.partialDeepStrictEqual(all.told, [
    { type: "ended", error: { code: "sessions.idle", details: { minutes: 1 } } },
  ]);
});

test("whoever does something stays, until the time is up", async () => {
  await using all = await relayed("ider", { idleMs: 60_000 });
  const closed = once(all.browser, "close");
  for (let halves = 0; halves < 20; halves += 1) {
    all.browser.send(new Uint8Array(100));
    await once(all.device, "data");
    await all.clock.advance(30_000);
  }
  await closed;
  assert.partialDeepStrictEqual(all.told, [{ type: "ended", error: { code: "sessions.limit" } }]);
});

test("who only views is not idle", async () => {
  await using all = await relayed("kvm", { isViewOnly: true, idleMs: 1_000 });
  await all.clock.advance(30_000);
  assert.equal(all.browser.readyState, WebSocket.OPEN);
});

test("what is no viewer's ends a session that only views", async () => {
  await using all = await relayed("kvm", { isViewOnly: true });
  all.browser.send(new Uint8Array(200).fill(0xff));
  await once(all.browser, "close");
  assert.partialDeepStrictEqual(all.told, [{ type: "ended", error: { code: "wire.kvm.malformed" } }]);
});

test("the device is told at the end, and cut off when it does not listen", async () => {
  await using all = await relayed();
  const heard = once(all.device, "data");
  all.relay.end(fail("sessions.killed"));
  const [last] = await heard;
  assert.deepEqual([...(last as Buffer)], [0x12, 0, 0, 0]);
  all.device.pause();
  await all.clock.advance(2_000);
  assert.equal((await all.relay.over)?.code, "sessions.killed");
});

test("a browser that takes nothing makes the device wait, and gets everything when it goes on", async () => {
  await using all = await relayed("kvm");
  all.browser.pause();
  const piece = new Uint8Array(64 * 1024).fill(7);
  let sent = 0;
  // The system's own buffers hold some megabytes before anybody waits.
  do {
    all.device.write(piece);
    sent += piece.length;
    await turn();
  } while (!all.near.isPaused() && sent < mostSystemBytes);
  assert.ok(all.near.isPaused(), `it still takes after ${sent} bytes`);
  let got = 0;
  const { promise: whole, resolve } = Promise.withResolvers<void>();
  all.browser.on("message", (data) => {
    got += data instanceof Buffer ? data.length : 0;
    if (got === sent) resolve();
  });
  all.browser.resume();
  await whole;
  assert.equal(all.relay.bytesFromDevice, sent);
});

test("a device that takes nothing makes the browser wait", async () => {
  await using all = await relayed("ider");
  all.device.pause();
  const piece = Buffer.alloc(256 * 1024);
  let sent = 0;
  while (!all.socket.isPaused && sent * piece.length < mostSystemBytes) {
    all.browser.send(piece);
    sent += 1;
    await turn();
  }
  assert.ok(all.socket.isPaused, `it still takes after ${sent} pieces`);
  let got = 0;
  const { promise: whole, resolve } = Promise.withResolvers<void>();
  all.device.on("data", (bytes: Buffer) => {
    got += bytes.length;
    if (got === sent * piece.length) resolve();
  });
  all.device.resume();
  await whole;
});

test("a device that ends the connection is told from one that is lost", async () => {
  {
    await using all = await relayed();
    all.device.end();
    await once(all.browser, "close");
    assert.equal((await all.relay.over)?.code, "amt.redirection.closed");
  }
  await using all = await relayed();
  all.near.destroy(Object.assign(new Error("torn"), { code: "ECONNRESET" }));
  await once(all.browser, "close");
  assert.equal((await all.relay.over)?.code, "amt.connect.reset");
});

test("a browser from which nothing comes any more is given up after a minute", async () => {
  await using all = await relayed("kvm", { idleMs: 600_000 });
  all.browser.pause();
  const closed = once(all.browser, "close");
  for (let count = 0; count < 4; count += 1) await all.clock.advance(20_000);
  all.browser.resume();
  await closed;
  all.device.resume();
  assert.equal(await all.relay.over, null);
});

test("a device that answers nothing is looked for, and the session ends when it is not there", async () => {
  let looks = 0;
  const gone = failDevice("amt.connect.unreachable");
  const absence = (): Promise<VigilError | undefined> => Promise.resolve((looks += 1) < 2 ? undefined : gone);
  await using all = await relayed("kvm", { idleMs: 600_000, absence });
  const isAsked = async (): Promise<void> => {
    const had = all.relay.bytesToDevice;
    all.browser.send(new Uint8Array(100));
    while (all.relay.bytesToDevice === had) await turn();
  };
  await all.clock.advance(40_000);
  assert.equal(looks, 0, "nobody has asked it anything");
  await isAsked();
  all.device.write("an answer");
  await nextBytes(all.browser);
  await all.clock.advance(20_000);
  assert.equal(looks, 0, "it has answered");
  await isAsked();
  await all.clock.advance(40_000);
  assert.equal(looks, 1, "it is there, and busy with itself");
  await isAsked();
  const closed = once(all.browser, "close");
  await all.clock.advance(40_000);
  await closed;
  all.device.resume();
  assert.equal((await all.relay.over)?.code, "amt.connect.unreachable");
  assert.equal(looks, 3);
});

test("a browser that was cut off goes on where it was: nothing is missing and nothing comes twice, either way", async () => {
  await using all = await relayed("sol", { lostMs: 15_000 });
  const { relay, device, clock } = all;
  device.write("first ");
  assert.equal(String(await nextBytes(all.browser)), "first ");
  all.browser.send(Buffer.from("typed"));
  const [typed] = await once(device, "data");
  assert.equal(String(typed), "typed");
  const lost = once(all.socket, "close");
  all.browser.terminate();
  await lost;
  device.write("meanwhile ");
  await clock.advance(14_000);
  const back = await again();
  // The page has had three of the six bytes.
  relay.resume(back.socket, 3, "one");
  assert.equal(await back.atLeast(13), "st meanwhile ");
  assert.deepEqual(back.told, [{ type: "resumed", session: "one", bytesReceived: 5 }]);
  device.write("and on");
  assert.equal(await back.atLeast(19), "st meanwhile and on");
  await clock.advance(15_000);
  back.browser.send(Buffer.from("!"));
  assert.equal(String((await once(device, "data"))[0]), "!");
  back.browser.terminate();
});

test("a socket that nobody has missed yet makes way for the one that goes on", async () => {
  await using all = await relayed("kvm", { lostMs: 15_000 });
  const back = await again();
  const closed = once(all.socket, "close");
  all.relay.resume(back.socket, 0, "one");
  await closed;
  all.device.write("picture");
  assert.equal(await back.atLeast(7), "picture");
  back.browser.terminate();
});

test("a browser that does not come back in time ends it; so does one that closes in good order, at once", async () => {
  for (const isClosed of [false, true]) {
    await using all = await relayed("sol", { lostMs: 15_000 });
    const gone = once(all.socket, "close");
    if (isClosed) all.browser.close(1000);
    else all.browser.terminate();
    await gone;
    if (!isClosed) await all.clock.advance(15_000);
    all.device.resume();
    assert.equal(await all.relay.over, null);
    assert.throws(() => all.relay.resume(all.socket, 0, "one"), { code: "sessions.resume.gone" });
  }
});

test("while its browser is lost a device that says much is held back, and what it said is not lost", async () => {
  await using all = await relayed("kvm", { lostMs: 15_000 });
  const lost = once(all.socket, "close");
  all.browser.terminate();
  await lost;
  const piece = Buffer.alloc(64 * 1024, 7);
  for (let count = 0; count < 16; count += 1) {
    all.device.write(piece);
    await turn();
  }
  assert.ok(all.near.isPaused(), "the device is held back");
  assert.ok(all.relay.bytesFromDevice < 1024 * 1024);
  const back = await again();
  all.relay.resume(back.socket, 0, "one");
  assert.equal((await back.atLeast(16 * piece.length)).length, 16 * piece.length);
  assert.throws(() => all.relay.resume(all.socket, 10_000_000, "one"), { code: "sessions.resume.gone" });
  back.browser.terminate();
});
