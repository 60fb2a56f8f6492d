import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import { encodeDeviceSol, managerSol, type ManagerSol } from "@vigil/wire/redirection/sol.ts";
import { SerialSpeaker } from "./serial-speaker.ts";
import { MemorySocket, opened } from "./testing/memory-socket.ts";
import type { FromSerial } from "./words.ts";

function aLine() {
  const clock = testClock();
  const socket = new MemorySocket();
  const said: FromSerial[] = [];
  const speaker = new SerialSpeaker(socket, clock, (message) => void said.push(message));
  return { clock, socket, said, speaker };
}

function messagesIn(socket: MemorySocket): readonly ManagerSol[] {
  const reader = new MessageReader(managerSol);
  reader.push(socket.taken());
  const all: ManagerSol[] = [];
  for (let one = reader.next(); one !== undefined; one = reader.next()) all.push(one);
  return all;
}

const started = encodeDeviceSol({ type: "started", sequence: 0, status: 0, data: new Uint8Array(15) });
const output = encodeDeviceSol({ type: "data", sequence: 1, data: Buffer.from("disk> ") });

test("the line is started, its output comes through, keys go out and a ping is answered, cut anywhere", () => {
  const bytes = Buffer.concat([
    started,
    output,
    encodeDeviceSol({ type: "lines", sequence: 2, control: 0, status: 5 }),
    encodeDeviceSol({ type: "ping", sequence: 3 }),
  ]);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const { socket, said, speaker } = aLine();
    socket.frame(opened);
    assert.deepEqual(
      messagesIn(socket).map(({ type }) => type),
      ["start"],
    );
    socket.bytes(bytes.subarray(0, cut));
    socket.bytes(bytes.subarray(cut));
    assert.deepEqual(said, [
      { type: "open" },
      { type: "output", bytes: new Uint8Array(Buffer.from("disk> ")) },
      { type: "lines", isPoweredOn: true, hasOverflowed: true },
    ]);
    speaker.keys(Buffer.from("dir\r"));
    const [pong, keys] = messagesIn(socket);
    assert.equal(pong?.type, "pong");
    assert.ok(keys?.type === "data");
    assert.equal(Buffer.from(keys.data).toString(), "dir\r");
  }
});

test("it beats, and a device that is silent for a minute is given up", async () => {
  const { clock, socket, said } = aLine();
  socket.frame(opened);
  socket.bytes(started);
  await clock.advance(10_000);
  assert.equal(messagesIn(socket).filter(({ type }) => type === "heartbeat").length, 5);
  await clock.advance(60_000);
  const last = said.at(-1);
  assert.ok(last?.type === "over");
  assert.equal(last.error?.code, "console.session.silent");
  assert.equal(clock.pending(), 0);
});

test("a line that is not started, and bytes that are none of a line, end it with their code", () => {
  for (const [bytes, code] of [
    [encodeDeviceSol({ type: "started", sequence: 0, status: 3, data: new Uint8Array(15) }), "console.serial.refused"],
    [Uint8Array.of(0xff, 0, 0, 0), "wire.redirection.unknown"],
  ] as const) {
    const { socket, said } = aLine();
    socket.frame(opened);
    socket.bytes(bytes);
    const last = said.at(-1);
    assert.ok(last?.type === "over");
    assert.equal(last.error?.code, code);
  }
});

test("closing tells the device", () => {
  const { socket, said, speaker } = aLine();
  socket.frame(opened);
  socket.bytes(started);
  messagesIn(socket);
  speaker.close();
  assert.deepEqual(
    messagesIn(socket).map(({ type }) => type),
    ["end"],
  );
  assert.deepEqual(said.at(-1), { type: "over", error: null });
});
