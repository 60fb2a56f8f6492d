import assert from "node:assert/strict";
import { test } from "node:test";
import { readingOf, returnTo, unreadForMs } from "./boot.ts";

test("an image has been read when the machine, having read of it, reads nothing for long enough", () => {
  const after = (bytesRead: number, quietMs: number, sinceStartMs = 0): string =>
    readingOf({ bytesRead, quietMs }, { quietSeconds: 60, sinceStartMs });
  assert.equal(after(0, unreadForMs, unreadForMs - 1), "reading", "its BIOS is still at work");
  assert.equal(after(0, unreadForMs, unreadForMs), "unread");
  assert.equal(after(2_048, 59_999), "reading");
  assert.equal(after(2_048, 60_000), "read");
});

test("a machine goes back to what it was, also when it has switched itself off meanwhile", () => {
  assert.equal(returnTo({ wasOn: true }, "on"), "reset");
  assert.equal(returnTo({ wasOn: true }, "off"), "on");
  assert.equal(returnTo({ wasOn: false }, "on"), "off");
});
