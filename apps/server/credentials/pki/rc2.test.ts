import assert from "node:assert/strict";
import { test } from "node:test";
import { decryptBlockWith, decryptRc2Cbc } from "./rc2.ts";

/** @source RFC 2268, section 5: key, effective bits, plain block, cipher block */
const vectors = [
  ["0000000000000000", 63, "0000000000000000", "ebb773f993278eff"],
  ["ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"],
  ["3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"],
  ["88", 64, "0000000000000000", "61a8a244adacccf0"],
  ["88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"],
  ["88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"],
  ["88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"],
] as const;

test("RC2 opens the blocks of the standard", () => {
  for (const [key, bits, plain, cipher] of vectors) {
    const opened = decryptBlockWith(Buffer.from(key, "hex"), bits, Buffer.from(cipher, "hex"));
    assert.equal(Buffer.from(opened).toString("hex"), plain, key);
  }
});

test("data that is not whole blocks, or wrongly padded, is refused", () => {
  const [key, iv] = [Buffer.alloc(5), Buffer.alloc(8)];
  assert.throws(() => decryptRc2Cbc(key, iv, Buffer.alloc(7)), RangeError);
  assert.throws(() => decryptRc2Cbc(key, iv, Buffer.alloc(16)), RangeError);
});
