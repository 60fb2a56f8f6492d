import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { childrenOf, field, integerIn, readDer, timeIn, valueIn, writeDer, writeInteger, writeTime } from "./der.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const malformed = { code: "wire.der.malformed" };

test("integers are written as X.690 says, and come back", () => {
  for (const [value, hex] of [
    [0, "020100"],
    [127, "02017f"],
    [128, "02020080"],
    [256, "02020100"],
    [-1, "0201ff"],
    [-128, "020180"],
    [-129, "0202ff7f"],
    [-138, "0202ff76"],
    [0xffff_ffff, "020500ffffffff"],
  ] as const) {
    assert.equal(hexOf(writeInteger(value)), hex);
    assert.equal(integerIn(readDer(Buffer.from(hex, "hex"))), value);
  }
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), (value) => {
      assert.equal(integerIn(readDer(writeInteger(value))), value);
    }),
  );
});

test("lengths of one to four bytes are written and read", () => {
  for (const length of [0, 127, 128, 255, 256, 65_000]) {
    const value = new Uint8Array(length).fill(3);
    assert.deepEqual(Buffer.from(readDer(writeDer(0x04, value)).value), Buffer.from(value));
  }
});

test("times have seconds and end in Z", () => {
  const ms = Date.UTC(2026, 10, 24, 18, 0, 7, 999);
  assert.equal(hexOf(writeTime(ms)), hexOf(writeDer(0x18, Buffer.from("20261124180007Z"))));
  assert.equal(timeIn(readDer(writeTime(ms))), ms - 999);
  assert.throws(() => timeIn({ tag: 0x18, value: Buffer.from("2026") }), malformed);
});

test("indefinite lengths, long tags, what is cut off and what is missing are refused with their place", () => {
  for (const hex of ["", "30", "3080", "3084000000ff", "1f0100", "3005020101", "30820100"]) {
    assert.throws(() => readDer(Buffer.from(hex, "hex")), malformed, hex);
  }
  assert.throws(() => valueIn(readDer(Buffer.from("3003020101", "hex")), field(1)), malformed);
  assert.throws(() => integerIn({ tag: 2, value: new Uint8Array() }), malformed);
  assert.throws(() => readDer(new Uint8Array(70_000).fill(0x30)), malformed);
  assert.throws(() => childrenOf({ tag: 0x30, value: new Uint8Array(4_000) }), malformed);
});

test("noise is read or refused as malformed, nothing else", () => {
  const noise = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    try {
      childrenOf(readDer(bytes));
    } catch (error) {
      assert.ok(error instanceof VigilError && error.code === "wire.der.malformed", String(error));
    }
  });
  fc.assert(noise, { numRuns: 500 });
});
