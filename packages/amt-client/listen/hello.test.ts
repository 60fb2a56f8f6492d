import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { testClock, type TestClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { encodeHello, maxHelloBytes, type Hello } from "@vigil/wire/hello.ts";
import { listenForHellos, type HelloListener } from "./hello.ts";

const hello: Hello = {
  version: 3,
  hasAdminCredentials: true,
  retryCount: 2,
  uuid: "55e3ae13-bfd2-61bb-17a0-88aedd7037ea",
  rootHashes: [{ algorithm: "sha256", hash: "c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4" }],
};

interface Heard {
  readonly listener: HelloListener;
  readonly clock: TestClock;
  /** Waits for the next thing that the listener says: a UUID, or the code of a refusal, each with the sender's address. */
  next(): Promise<string>;
}

async function listening(limits: { maxConnections?: number; maxConnectionsPerAddress?: number } = {}): Promise<Heard> {
  const said: string[] = [];
  let wake = (): void => {};
  const say = (line: string): void => {
    said.push(line);
    wake();
  };
  const clock = testClock();
  const listener = await listenForHellos({
    host: "127.0.0.1",
    port: 0,
    clock,
    log: silentLog(),
    ...limits,
    onHello: (one, address) => say(`${one.uuid} ${address}`),
    onRefused: (error, address) => say(`${error.code} ${address}`),
  });
  const next = async (): Promise<string> => {
    while (said.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return said.shift() ?? "";
  };
  return { listener, clock, next };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

test("a hello is taken when the device closes its side", async () => {
  const { listener, next } = await listening();
  await using _ = listener;
  const socket = await dial(listener.port);
  socket.end(encodeHello(hello));
  assert.equal(await next(), `${hello.uuid} 127.0.0.1`);
});

test("a hello in pieces is one hello", async () => {
  const { listener, next } = await listening();
  await using _ = listener;
  const socket = await dial(listener.port);
  for (const byte of encodeHello(hello)) socket.write(Uint8Array.of(byte));
  socket.end();
  assert.equal(await next(), `${hello.uuid} 127.0.0.1`);
});

test("a truncated hello is refused by name, and so is an empty connection", async () => {
  const { listener, next } = await listening();
  await using _ = listener;
  (await dial(listener.port)).end(encodeHello(hello).subarray(0, 30));
  assert.equal(await next(), "wire.hello.truncated 127.0.0.1");
  (await dial(listener.port)).end();
  assert.equal(await next(), "wire.hello.truncated 127.0.0.1");
});

test("a 100 MB hello is cut off after the longest legal one", async () => {
  const { listener, next } = await listening();
  await using _ = listener;
  const socket = await dial(listener.port);
  const block = new Uint8Array(1024 * 1024);
  let sent = 0;
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  while (!socket.destroyed && sent < 100) {
    sent += 1;
    if (!socket.write(block)) {
      await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    }
  }
  assert.equal(await next(), "wire.hello.too-large 127.0.0.1");
  await closed;
  assert.ok(sent < 100, "the sender was stopped early");
});

test("one byte more than the longest hello is one too many", async () => {
  const { listener, next } = await listening();
  await using _ = listener;
  const socket = await dial(listener.port);
  socket.end(new Uint8Array(maxHelloBytes + 1));
  assert.equal(await next(), "wire.hello.too-large 127.0.0.1");
});

test("a silent sender is dropped at the deadline, and no timer stays behind", async () => {
  const { listener, clock, next } = await listening();
  await using _ = listener;
  const silent = await dial(listener.port);
  while (clock.pending() < 2) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(5_000);
  assert.equal(await next(), "amt.hello.timeout 127.0.0.1");
  await once(silent, "close");
  assert.equal(clock.pending(), 0);
});

test("a device that forgets to close is heard at the deadline", async () => {
  const { listener, clock, next } = await listening();
  await using _ = listener;
  const socket = await dial(listener.port);
  socket.write(encodeHello(hello));
  // Each piece that arrives sets the idle limit anew: advance until the listener has both seen it and given up waiting.
  const state = { heard: "" };
  void next().then((line) => (state.heard = line));
  while (state.heard === "") await clock.advance(1_000);
  assert.equal(state.heard, `${hello.uuid} 127.0.0.1`);
});

test("a browser gets a page that says what the port is", async () => {
  const { listener, next } = await listening();
  await using _ = listener;
  const socket = await dial(listener.port);
  socket.write("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
  const [answer] = await once(socket, "data");
  assert.match(String(answer), /^HTTP\/1\.1 404 .*hello packets/s);
  assert.equal(await next(), "amt.hello.http 127.0.0.1");
});

test("connections beyond the limit are dropped at once, and closing makes room again", async () => {
  const { listener, next } = await listening({ maxConnections: 2, maxConnectionsPerAddress: 2 });
  await using _ = listener;
  const first = await dial(listener.port);
  await dial(listener.port);
  const third = await dial(listener.port);
  assert.equal(await next(), "amt.hello.crowded 127.0.0.1");
  await once(third, "close");
  first.end(encodeHello(hello));
  assert.equal(await next(), `${hello.uuid} 127.0.0.1`);
  await once(first, "close");
  (await dial(listener.port)).end(encodeHello(hello));
  assert.equal(await next(), `${hello.uuid} 127.0.0.1`);
});
