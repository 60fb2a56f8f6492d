import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { bytesFromUuid, uuidFromBytes } from "./uuid.ts";

test("the first three groups are little-endian", () => {
  // What GetUuid answered on the recorded machine. @source docs/protocol/hello.md "UUID"
  const bytes = Buffer.from("E67jVdK/u2EXoIiu3XA36g==", "base64");
  assert.equal(uuidFromBytes(bytes), "55e3ae13-bfd2-61bb-17a0-88aedd7037ea");
  assert.deepEqual(Buffer.from(bytesFromUuid("55E3AE13-BFD2-61BB-17A0-88AEDD7037EA")), bytes);
});

test("any 16 bytes go to text and back", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, (value) => assert.deepEqual(bytesFromUuid(uuidFromBytes(value)), value)),
    { seed: 2 },
  );
});

test("what is no UUID is refused", () => {
  const isRefused = (action: () => unknown): void =>
    assert.throws(action, (error) => error instanceof VigilError && error.code === "wire.uuid.malformed");
  for (const other of ["", "x", "55e3ae13bfd261bb17a088aedd7037ea", "55e3ae13-bfd2-61bb-17a0-88aedd7037eg"]) {
    isRefused(() => bytesFromUuid(other));
  }
  const text = "55e3ae13-bfd2-61bb-17a0-88aedd7037ea";
  for (let length = 0; length < text.length; length += 1) isRefused(() => bytesFromUuid(text.slice(0, length)));
  for (let length = 0; length < 16; length += 1) isRefused(() => uuidFromBytes(new Uint8Array(length)));
  for (const length of [17, 32]) isRefused(() => uuidFromBytes(new Uint8Array(length)));
});
