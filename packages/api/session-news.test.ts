import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionNewsIn } from "./session-news.ts";

const report = { code: "sessions.killed", side: "caller", message: "Ended", next: "Ask", details: { by: "owner" } };

test("the server's text frames are read with their errors as errors", () => {
  assert.deepEqual(sessionNewsIn(JSON.stringify({ type: "opened", session: "x", kind: "sol" })), { type: "opened" });
  const ended = sessionNewsIn(JSON.stringify({ type: "ended", error: report }));
  assert.ok(ended?.type === "ended");
  assert.deepEqual([ended.error?.code, ended.error?.details], ["sessions.killed", { by: "owner" }]);
  assert.deepEqual(sessionNewsIn(JSON.stringify({ type: "ended", error: null })), { type: "ended", error: null });
});

test("what no server says is nothing", () => {
  for (const text of [
    "",
    "{",
    "null",
    "[]",
    '{"type":"failed"}',
    '{"type":"failed","error":{"code":1}}',
    '{"type":"x"}',
  ]) {
    assert.equal(sessionNewsIn(text), undefined, text);
  }
});
