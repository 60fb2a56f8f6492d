import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { decodeBootParameters, encodeBootParameters, eraseParameters, httpsBootParameters } from "./boot-parameters.ts";

test("a recovery boot's parameters are written type by type, little-endian", () => {
  const bytes = encodeBootParameters([
    { type: httpsBootParameters.uri, value: Buffer.from("https://x") },
    { type: httpsBootParameters.syncRootCa, value: Uint8Array.of(1) },
  ]);
  assert.equal(Buffer.from(bytes).toString("hex"), "868001000900000068747470733a2f2f78868014000100000001");
});

test("an erase says what in a mask of 32 bits", () => {
  const bytes = Buffer.from("868001000400000004000000", "hex");
  assert.deepEqual(decodeBootParameters(bytes), [{ type: eraseParameters.what, value: Uint8Array.of(4, 0, 0, 0) }]);
});

test("any parameters survive; cut anywhere inside, they are refused with the offset", () => {
  const anyParameters = fc.array(
    fc.record(
      { type: fc.integer({ min: 0, max: 0xffff }), value: fc.uint8Array({ maxLength: 60 }) },
      { noNullPrototype: true },
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(anyParameters, (parameters) => {
      const bytes = encodeBootParameters(parameters);
      assert.deepEqual(decodeBootParameters(bytes), parameters);
      const ends = new Set([0]);
      let end = 0;
      for (const { value } of parameters) ends.add((end += 8 + value.length));
      for (let length = 0; length < bytes.length; length += 1) {
        if (ends.has(length)) continue;
        assert.throws(
          () => decodeBootParameters(bytes.subarray(0, length)),
          (error) => error instanceof VigilError && error.code === "wire.boot-parameters.malformed",
        );
      }
    }),
    { numRuns: 100 },
  );
});

test("another vendor, a length past the end, and 16 KiB and more are refused", () => {
  for (const hex of ["868101000000000", "8680010000010000", "8680010001000000"]) {
    assert.throws(() => decodeBootParameters(Buffer.from(hex, "hex")), { code: "wire.boot-parameters.malformed" });
  }
  assert.throws(() => decodeBootParameters(new Uint8Array(16 * 1024 + 1)), { code: "wire.boot-parameters.malformed" });
});
