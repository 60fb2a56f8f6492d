import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStreamReader } from "./event-stream.ts";

const stream = ': hello\r\nevent: devices\ndata: {"id":"1"}\r\ndata: more\n\nid: 7\ndata:x\n\n';
const messages = [
  { event: "devices", data: '{"id":"1"}\nmore' },
  { event: "message", data: "x" },
];

test("messages come out whole, wherever the text is cut", () => {
  for (let at = 0; at <= stream.length; at += 1) {
    const reader = new EventStreamReader();
    assert.deepEqual([...reader.push(stream.slice(0, at)), ...reader.push(stream.slice(at))], messages, `cut at ${at}`);
  }
});

test("what ends too early is no message", () => {
  for (let length = 0; length < stream.length; length += 1) {
    const read = new EventStreamReader().push(stream.slice(0, length));
    assert.deepEqual(read, messages.slice(0, read.length), `${length} characters`);
    assert.ok(read.length < messages.length);
  }
});

test("a message beyond the limit is refused: one long line in small pieces, or many empty ones", () => {
  const refused = { code: "api.answer.invalid" };
  const long = new EventStreamReader();
  assert.throws(() => {
    // Read again with each piece, this would take minutes.
    for (let pieces = 0; pieces < 1_000_000; pieces += 1) long.push("data: abcd");
  }, refused);
  const empty = new EventStreamReader();
  assert.throws(() => {
    for (let pieces = 0; pieces < 100; pieces += 1) empty.push("data\n".repeat(100_000));
  }, refused);
});
