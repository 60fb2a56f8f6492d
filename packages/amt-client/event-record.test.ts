import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRecord } from "./event-record.ts";

/** Three failed logins, made after a recorded one. */
const recorded = Buffer.from("00f15365ff066f056810ff2661aa03000000000000", "hex");

test("a record of 21 bytes is read; one that is cut anywhere, or longer, is none", () => {
  assert.deepEqual(decodeRecord(recorded), {
    at: new Date(1_700_000_000_000),
    severity: "critical",
    text: "Login failed 3 times",
    sensorType: 6,
    eventType: 0x6f,
    eventOffset: 5,
    sensorNumber: 0xff,
    entity: 38,
    entityInstance: 0x61,
    data: "aa03000000000000",
  });
  for (let length = 0; length < recorded.length; length += 1) {
    assert.equal(decodeRecord(recorded.subarray(0, length)), undefined, `${length} bytes`);
  }
  assert.equal(decodeRecord(Buffer.concat([recorded, recorded])), undefined);
});
