import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { systemClock, testClock } from "@vigil/base/clock.ts";
import { Sealed } from "../credentials/credentials.ts";
import { openSession, partsOf } from "./session.ts";

// Servers that behave as no directory should. What a real one does stands in apps/lab/tests/directories.test.ts.

/** @param onData what it does with what it hears */
async function aListener(
  onData: (socket: Socket) => void,
): Promise<AsyncDisposable & { readonly url: string; heard(): string }> {
  let heard = Buffer.alloc(0);
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      heard = Buffer.concat([heard, bytes]);
      onData(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `ldap://127.0.0.1:${port}`,
    heard: () => heard.toString("latin1"),
    async [Symbol.asyncDispose]() {
      server.close();
      await Promise.resolve();
    },
  };
}

function loginTo(url: string): Parameters<typeof openSession>[0] {
  return { urls: [url], bindDn: "vigil@lab.example", password: new Sealed(() => "of-this-test"), rootPem: null };
}

/** An answer to StartTLS, message 2. @source RFC 4511, 4.14 */
const startTlsAnswer = (result: number) => Buffer.from([0x30, 12, 2, 1, 2, 0x78, 7, 10, 1, result, 4, 0, 4, 0]);

test("a server that never answers costs a minute and no more", async () => {
  const clock = testClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  await using listener = await aListener(() => resolve());
  const opening = openSession(loginTo(listener.url), { clock });
  await promise;
  await Promise.all([assert.rejects(opening, { code: "directory.answer.timeout" }), clock.advance(60_000)]);
});

test("whoever asks can stop it", async () => {
  const stop = new AbortController();
  await using listener = await aListener(() => stop.abort(new Error("gone")));
  const opening = openSession(loginTo(listener.url), { clock: systemClock(), signal: stop.signal });
  await assert.rejects(opening, { code: "directory.unreachable" });
});

test("an answer without an end is cut off", async () => {
  // A message of 256 MB, and its beginning.
  const flood = Buffer.concat([Buffer.from([0x30, 0x84, 0x10, 0, 0, 0]), Buffer.alloc(65_536)]);
  await using listener = await aListener((socket) => {
    for (let sent = 0; sent < 40; sent += 1) socket.write(flood);
  });
  const opening = openSession(loginTo(listener.url), { clock: systemClock() });
  await assert.rejects(opening, { code: "directory.answer.too-large" });
});

test("no password leaves before TLS stands: not when it is refused, and not when the server goes on in the clear", async () => {
  for (const result of [0, 52]) {
    await using listener = await aListener((socket) => socket.write(startTlsAnswer(result)));
    const opening = openSession(loginTo(listener.url), { clock: systemClock() });
    await assert.rejects(opening, { code: "directory.tls.failed" });
    assert.match(listener.heard(), /1\.3\.6\.1\.4\.1\.1466\.20037/);
    assert.doesNotMatch(listener.heard(), /of-this-test|vigil@/);
  }
});

test("an address is a server's name, with a port at most", () => {
  assert.deepEqual(partsOf("ldaps://dc1.example.com:3269"), { host: "dc1.example.com", isTls: true });
  assert.deepEqual(partsOf("ldap://[::1]"), { host: "::1", isTls: false });
  const wrong = [
    "http://dc1",
    "dc1",
    "ldap://",
    "ldaps://dc1/DC=x",
    "ldaps://u:p@dc1",
    "ldaps://dc1?x",
    "ldaps://dc1#x",
  ];
  for (const url of wrong) assert.throws(() => partsOf(url), { code: "directory.settings.refused" }, url);
});
