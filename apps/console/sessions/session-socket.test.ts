import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import { testClock } from "@vigil/base/clock.ts";
import { fail } from "../errors.ts";
import { SessionSocket } from "./session-socket.ts";
import { MemorySocket, opened } from "./testing/memory-socket.ts";

function aSession() {
  const clock = testClock();
  const socket = new MemorySocket();
  const heard: string[] = [];
  const ends: (ErrorReport | null)[] = [];
  const session = new SessionSocket(
    socket,
    {
      onOpen: () => void heard.push("open"),
      onBytes: (bytes) => void heard.push(Buffer.from(bytes).toString("latin1")),
      onOver: (error) => void ends.push(error),
    },
    clock,
  );
  return { clock, socket, heard, ends, session };
}

const killed: ErrorReport = {
  code: "sessions.killed",
  side: "caller",
  message: "m",
  next: "n",
  details: { by: "anna" },
};

test("bytes come once the server says open, and the reason that it gives at the end is the end's", () => {
  const { socket, heard, ends, session } = aSession();
  socket.frame(opened);
  socket.bytes(Buffer.from("login: "));
  assert.deepEqual(heard, ["open", "login: "]);
  assert.equal(session.bytesReceived, 7);
  socket.frame({ type: "ended", error: killed });
  socket.drop(4001);
  socket.bytes(Buffer.from("late"));
  assert.deepEqual(ends, [killed]);
  assert.equal(heard.length, 2);
});

test("a connection that breaks without a word is lost, one that is closed in good order is over", () => {
  for (const [code, expected] of [
    [1006, "console.session.lost"],
    [1000, undefined],
  ] as const) {
    const { socket, ends } = aSession();
    socket.frame(opened);
    socket.drop(code);
    assert.deepEqual(
      ends.map((one) => one?.code),
      [expected],
    );
  }
});

test("who closes it is told that it is over, once", () => {
  const { socket, ends, session } = aSession();
  session.close();
  socket.drop(1000);
  assert.deepEqual(ends, [null]);
  assert.equal(socket.closedWith, 1000);
});

test("a frame that is no JSON ends it", () => {
  const { socket, ends } = aSession();
  socket.dispatchEvent(new MessageEvent("message", { data: "<html>" }));
  assert.equal(ends[0]?.code, "console.session.lost");
});

test("a sender waits while the browser still holds much of what was sent, and no longer than the session lives", async () => {
  const { clock, socket, session } = aSession();
  socket.frame(opened);
  socket.bufferedAmount = 300_000;
  let isSent = false;
  const sending = session.send(Buffer.from("block")).then(() => (isSent = true));
  await clock.advance(50);
  assert.equal(isSent, false);
  socket.bufferedAmount = 1_000;
  await clock.advance(10);
  await sending;
  socket.bufferedAmount = 300_000;
  const other = session.send(Buffer.from("block"));
  session.close();
  await clock.advance(10);
  await other;
  await assert.rejects(session.send(Buffer.from("more")), /connection to the Vigil server broke off/);
});

/** A session that may be opened again: each time with the socket that the test has put up, or what it says instead. */
function aResumable() {
  const clock = testClock();
  const first = new MemorySocket();
  const heard: string[] = [];
  const ends: (ErrorReport | null)[] = [];
  const asked: [session: string, bytesReceived: number][] = [];
  let next: MemorySocket | Error = new MemorySocket();
  const session = new SessionSocket(
    first,
    {
      onOpen: () => void heard.push("open"),
      onBytes: (bytes) => void heard.push(Buffer.from(bytes).toString("latin1")),
      onBroken: (isBroken) => void heard.push(isBroken ? "broken" : "whole"),
      onOver: (error) => void ends.push(error),
    },
    clock,
    (name, bytesReceived) => {
      asked.push([name, bytesReceived]);
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
  );
  const answerWith = (one: MemorySocket | Error): void => void (next = one);
  first.frame(opened);
  return { clock, first, heard, ends, asked, session, answerWith };
}

const name = "00000000-0000-0000-0000-000000000001";
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

test("a connection that breaks is sought again, and what the server has not got is sent once more", async () => {
  const { clock, first, heard, ends, asked, session, answerWith } = aResumable();
  const second = new MemorySocket();
  answerWith(second);
  first.bytes(Buffer.from("login: "));
  await session.send(Buffer.from("anna"));
  first.drop(1006);
  await session.send(Buffer.from("!"));
  assert.equal(text(first.taken()), "anna");
  await clock.advance(500);
  assert.deepEqual(asked, [[name, 7]]);
  second.frame({ type: "resumed", session: name, bytesReceived: 2 });
  second.bytes(Buffer.from("welcome"));
  first.bytes(Buffer.from("an echo of what is gone"));
  await session.send(Buffer.from("?"));
  assert.equal(text(second.taken()), "na!?");
  assert.deepEqual(heard, ["open", "login: ", "broken", "whole", "welcome"]);
  assert.equal(ends.length, 0);
  session.close();
  assert.equal(clock.pending(), 0);
});

test("it is tried again for twenty seconds while the network is away, and no longer", async () => {
  const { clock, first, ends, asked, answerWith } = aResumable();
  answerWith(fail("console.session.lost"));
  first.drop(1006);
  await clock.advance(15_000);
  assert.equal(ends.length, 0);
  await clock.advance(15_000);
  assert.deepEqual(
    ends.map((one) => one?.code),
    ["console.session.lost"],
  );
  assert.ok(asked.length >= 5 && asked.length <= 10, String(asked.length));
  assert.equal(clock.pending(), 0);
});

test("a socket that breaks before it is resumed is sought again, and a server that says no is believed", async () => {
  const { clock, first, ends, asked, answerWith } = aResumable();
  const second = new MemorySocket();
  answerWith(second);
  first.drop(1006);
  await clock.advance(500);
  second.drop(1006);
  const third = new MemorySocket();
  answerWith(third);
  await clock.advance(1_000);
  assert.equal(asked.length, 2);
  third.frame({ type: "failed", error: { ...killed, code: "sessions.resume.gone" } });
  assert.deepEqual(
    ends.map((one) => one?.code),
    ["sessions.resume.gone"],
  );
});

test("who ends a session while its connection is broken, ends it at once", async () => {
  const { clock, first, ends, asked, session } = aResumable();
  first.drop(1006);
  session.close();
  await clock.advance(30_000);
  assert.deepEqual([ends, asked], [[null], []]);
  assert.equal(clock.pending(), 0);
});
