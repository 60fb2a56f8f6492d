import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import { testClock } from "@vigil/base/clock.ts";
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
