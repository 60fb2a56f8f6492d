import assert from "node:assert/strict";
import { test } from "node:test";
import { SentBytes } from "./sent-bytes.ts";

function textOf(pieces: readonly Uint8Array[] | undefined): string | undefined {
  return pieces && Buffer.concat(pieces).toString();
}

test("what came after a place is given, wherever pieces end", () => {
  const sent = new SentBytes(100);
  for (const piece of ["ab", "c", "", "defg"]) sent.push(Buffer.from(piece));
  for (let count = 0; count <= 7; count += 1) assert.equal(textOf(sent.since(count)), "abcdefg".slice(count));
  assert.equal(sent.since(8), undefined, "it was never sent");
  assert.equal(sent.since(-1), undefined);
});

test("no more than was wished for is kept, and what is not kept is not made up", () => {
  const sent = new SentBytes(10);
  for (let piece = 0; piece < 5_000; piece += 1) sent.push(Buffer.from("1234"));
  assert.equal(sent.total, 20_000);
  assert.equal(textOf(sent.since(19_990)), "3412341234");
  assert.equal(sent.since(19_980), undefined);
});
