import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf, pairsIn, withDash } from "./printed.ts";

test("a list that was written is read again, and one that people wrote by hand as well", () => {
  const pairs = [{ pid: "0000-037M", pps: "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ" }];
  assert.deepEqual(pairsIn(csvOf(pairs)), pairs);
  assert.deepEqual(pairsIn("PID PPS\r\n\r\n 0000-037M   NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ \r\n"), pairs);
  assert.deepEqual(pairsIn("0000-037M"), [{ pid: "0000-037M", pps: "" }]);
  assert.equal(withDash("0000037M"), "0000-037M");
});
