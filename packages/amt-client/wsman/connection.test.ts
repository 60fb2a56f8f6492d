import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock, type TestClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { parseAuthorization } from "@vigil/wire/digest.ts";
import { headerOf, type HttpMessage } from "@vigil/wire/http.ts";
import {
  isAuthorized,
  ok,
  scriptedDevice,
  unauthorized,
  type Reply,
  type ScriptedDevice,
} from "../testing/scripted-device.ts";
import { Connection } from "./connection.ts";

const password = "Right-1234";

/** A device that asks for the login and then answers by the script, which counts requests that are logged in. */
function aDevice(script: (request: HttpMessage, count: number) => Reply): ScriptedDevice {
  let count = 0;
  return scriptedDevice((request) => {
    if (!isAuthorized(request, password)) return unauthorized();
    count += 1;
    return script(request, count);
  });
}

function aConnection(device: ScriptedDevice, clock: TestClock = testClock(), secret = password): Connection {
  const credential = { username: "admin", password: secret };
  return new Connection({ dialer: device.dialer, port: 16993, credential, clock });
}

async function codeOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    return error instanceof VigilError ? error.code : String(error);
  }
  return "no error";
}

const read = { body: "<r/>", effect: "read" } as const;
const change = { body: "<c/>", effect: "change" } as const;

test("after the first challenge every request takes one round trip, with a rising counter", async () => {
  const device = aDevice(() => ok("<a/>"));
  const connection = aConnection(device);
  for (let index = 0; index < 3; index += 1) assert.equal((await connection.exchange(read)).status, 200);
  assert.equal(device.arrivals.length, 4);
  assert.equal(device.connections(), 2, "the device closes after its challenge");
  const counters = device.arrivals.slice(1).map(({ request }) => {
    return parseAuthorization(headerOf(request.headers, "authorization") ?? "").nc;
  });
  assert.deepEqual(counters, ["00000001", "00000002", "00000003"]);
  connection.close();
});

test("a request's content does not leave before the login", async () => {
  const device = aDevice(() => ok("<a/>"));
  const connection = aConnection(device);
  await connection.exchange({ body: "<secret/>", effect: "change" });
  assert.deepEqual(
    device.arrivals.map(({ request }) => Buffer.from(request.body).toString()),
    ["", "<secret/>"],
  );
  connection.close();
});

test("the challenge and its counter outlive the connection", async () => {
  const device = aDevice(() => ({ ...ok("<a/>"), closes: true }));
  const connection = aConnection(device);
  await connection.exchange(read);
  await connection.exchange(read);
  assert.equal(device.arrivals.length, 3);
  assert.equal(device.connections(), 3);
  connection.close();
});

test("an expired nonce costs one more round trip, for a change too", async () => {
  let nonce = "b25lb25lb25lb25lb25lb25lb25l";
  const device = scriptedDevice((request) =>
    isAuthorized(request, password, nonce) ? ok("<a/>") : unauthorized(nonce),
  );
  const connection = aConnection(device);
  await connection.exchange(read);
  nonce = "dHdvdHdvdHdvdHdvdHdvdHdvdHdv";
  await connection.exchange(change);
  assert.equal(device.arrivals.length, 4);
  connection.close();
});

test("a wrong password is refused after one try with a fresh challenge", async () => {
  const device = aDevice(() => ok("<a/>"));
  const connection = aConnection(device, testClock(), "Wrong-1234");
  assert.equal(await codeOf(connection.exchange(change)), "amt.login.refused");
  assert.equal(device.arrivals.length, 2, "more tries would lock the account");
  connection.close();
});

test("no error shows a password", async () => {
  const device = aDevice(() => ok("<a/>"));
  const connection = aConnection(device, testClock(), "Wrong-1234");
  const error = await connection.exchange(read).catch((cause: unknown) => cause);
  assert.ok(error instanceof VigilError);
  assert.doesNotMatch(JSON.stringify([error.message, error.details, error.stack]), /Wrong-1234/);
  connection.close();
});

test("a login that is not digest is refused by name", async () => {
  const device = scriptedDevice(() => ({
    bytes: 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
  }));
  const connection = aConnection(device);
  assert.equal(await codeOf(connection.exchange(read)), "amt.login.unsupported");
  connection.close();
});

test("of several challenges the digest one is answered", async () => {
  const both =
    unauthorized().bytes?.replace("WWW-Authenticate", "WWW-Authenticate: Negotiate\r\nWWW-Authenticate") ?? "";
  const device = scriptedDevice((request) =>
    isAuthorized(request, password) ? ok("<a/>") : { bytes: both, closes: true },
  );
  const connection = aConnection(device);
  assert.equal((await connection.exchange(read)).status, 200);
  connection.close();
});

test("a read is repeated once when the device had closed the idle connection", async () => {
  const device = aDevice((_request, count) => (count === 2 ? { closes: true } : ok("<a/>")));
  const connection = aConnection(device);
  await connection.exchange(read);
  assert.equal((await connection.exchange(read)).status, 200);
  connection.close();
});

test("a read on a fresh connection that breaks is a network error, not repeated", async () => {
  const device = aDevice(() => ({ closes: true }));
  const connection = aConnection(device);
  assert.equal(await codeOf(connection.exchange(read)), "amt.connect.reset");
  assert.equal(device.arrivals.length, 2);
  connection.close();
});

test("a change whose answer is lost has an unknown outcome and is not repeated", async () => {
  const device = aDevice((_request, count) => (count === 2 ? { closes: true } : ok("<a/>")));
  const connection = aConnection(device);
  await connection.exchange(read);
  assert.equal(await codeOf(connection.exchange(change)), "amt.outcome.unknown");
  assert.equal(device.arrivals.length, 3);
  connection.close();
});

test("half an answer is incomplete for a read, and an unknown outcome for a change", async () => {
  const half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half";
  const device = aDevice(() => ({ bytes: half, closes: true }));
  const connection = aConnection(device);
  assert.equal(await codeOf(connection.exchange(read)), "amt.answer.incomplete");
  assert.equal(await codeOf(connection.exchange(change)), "amt.outcome.unknown");
  connection.close();
});

test("a change is not trusted to a connection that has been idle", async () => {
  const clock = testClock();
  const device = aDevice(() => ok("<a/>"));
  const connection = aConnection(device, clock);
  await connection.exchange(read);
  await clock.advance(10_000);
  await connection.exchange(change);
  assert.equal(device.connections(), 3);
  await connection.exchange(change);
  assert.equal(device.connections(), 3);
  connection.close();
});

test("a device that hangs in the middle of its answer meets the deadline, and the stream is let go", async () => {
  const clock = testClock();
  const device = aDevice(() => ({ bytes: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half" }));
  const connection = aConnection(device, clock);
  const code = codeOf(connection.exchange(read));
  while (device.arrivals.length < 2) await clock.advance(1);
  await clock.advance(30_000);
  assert.equal(await code, "amt.answer.timeout");
  await clock.advance(1);
  assert.equal(device.open(), 0);
  assert.equal(clock.pending(), 0);
});

test("a connection that does not come about meets its own deadline", async () => {
  const clock = testClock();
  const dialer = (_port: number, signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const connection = new Connection({ dialer, port: 16993, credential: { username: "admin", password }, clock });
  const code = codeOf(connection.exchange(change));
  await clock.advance(10_000);
  assert.equal(await code, "amt.connect.timeout", "nothing was sent, so nothing is unknown");
  assert.equal(clock.pending(), 0);
});

test("an abort ends the request under way, frees the stream, and leaves the connection usable", async () => {
  const clock = testClock();
  const device = aDevice((_request, count) => (count === 1 ? {} : ok("<a/>")));
  const connection = aConnection(device, clock);
  const stop = new AbortController();
  const code = codeOf(connection.exchange({ ...read, signal: stop.signal }));
  while (device.arrivals.length < 2) await clock.advance(1);
  stop.abort(new Error("enough"));
  assert.equal(await code, "Error: enough");
  assert.equal((await connection.exchange(read)).status, 200);
  connection.close();
  assert.equal(clock.pending(), 0);
});

test("requests queue up; one that is aborted while it waits is never sent", async () => {
  const device = aDevice(() => ok("<a/>"));
  const connection = aConnection(device);
  const stop = new AbortController();
  const first = connection.exchange(read);
  const second = codeOf(connection.exchange({ body: "<never/>", effect: "change", signal: stop.signal }));
  const third = connection.exchange({ body: "<third/>", effect: "change" });
  stop.abort(new Error("enough"));
  assert.equal(await second, "Error: enough");
  await Promise.all([first, third]);
  assert.deepEqual(
    device.arrivals.map(({ request }) => Buffer.from(request.body).toString()),
    ["", "<r/>", "<third/>"],
  );
  connection.close();
});

test("close() fails what is under way and what waits, and everything after", async () => {
  const clock = testClock();
  const device = aDevice(() => ({}));
  const connection = aConnection(device, clock);
  const running = codeOf(connection.exchange(read));
  const waiting = codeOf(connection.exchange(read));
  while (device.arrivals.length < 2) await clock.advance(1);
  connection.close();
  assert.deepEqual([await running, await waiting], ["amt.connect.closed", "amt.connect.closed"]);
  assert.equal(await codeOf(connection.exchange(read)), "amt.connect.closed");
  await clock.advance(1);
  assert.equal(device.open(), 0);
  assert.equal(clock.pending(), 0);
});

test("the owner's signal closes the connection", async () => {
  const owner = new AbortController();
  const device = aDevice(() => ({}));
  const { dialer } = device;
  const credential = { username: "admin", password };
  const clock = testClock();
  const connection = new Connection({ dialer, port: 16993, credential, clock, signal: owner.signal });
  const running = codeOf(connection.exchange(read));
  owner.abort(new Error("shutting down"));
  assert.equal(await running, "Error: shutting down");
  assert.equal(clock.pending(), 0);
});

test("an answer beyond the limit is cut off", async () => {
  const device = aDevice(() => ({ bytes: "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n<" }));
  const connection = aConnection(device);
  assert.equal(await codeOf(connection.exchange(read)), "amt.answer.too-large");
  const endless = aDevice(() => ({ bytes: `HTTP/1.1 200 OK\r\nX: ${"x".repeat(40_000)}` }));
  assert.equal(await codeOf(aConnection(endless).exchange(read)), "amt.answer.too-large");
  connection.close();
});

test("an answer that is not HTTP is invalid", async () => {
  const device = aDevice(() => ({ bytes: "SSH-2.0-OpenSSH_9.2\r\n\r\n" }));
  const connection = aConnection(device);
  assert.equal(await codeOf(connection.exchange(read)), "amt.answer.invalid");
  connection.close();
});

test("bytes that nobody asked for end the connection, and the next request dials anew", async () => {
  const device = aDevice((_request, count) => (count === 1 ? { bytes: `${ok("<a/>").bytes}HTTP/1.1` } : ok("<b/>")));
  const connection = aConnection(device);
  await connection.exchange(read);
  assert.equal(Buffer.from((await connection.exchange(read)).body).toString(), "<b/>");
  assert.equal(device.connections(), 3);
  connection.close();
});

test("forty requests at once are answered in the order of the calls", async () => {
  const device = aDevice((request) => ok(Buffer.from(request.body).toString()));
  const connection = aConnection(device);
  const bodies = Array.from({ length: 40 }, (_one, index) => `<n>${index}</n>`);
  const answers = await Promise.all(bodies.map((body) => connection.exchange({ body, effect: "read" })));
  assert.deepEqual(
    answers.map((one) => Buffer.from(one.body).toString()),
    bodies,
  );
  connection.close();
});
