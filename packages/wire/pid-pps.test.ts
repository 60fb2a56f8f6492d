import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { checkCharacterOf, newPskPair, parsePid, parsePps, withDashes } from "./pid-pps.ts";

const pid = "0000-037M";
const pps = "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ";

test("the nine check characters of the known pair are computed as they stand", () => {
  assert.equal(checkCharacterOf("0000037"), "M");
  for (const group of pps.split("-")) assert.equal(checkCharacterOf(group.slice(0, 3)), group.charAt(3), group);
  assert.equal(parsePid(pid), "0000037M");
  assert.equal(parsePps(pps), pps.replaceAll("-", ""));
});

test("dashes, blanks and letter case do not matter", () => {
  assert.equal(parsePid(" 0000 037m"), "0000037M");
  assert.equal(withDashes("0000037M"), pid);
  assert.equal(withDashes(parsePps(pps.toLowerCase())), pps);
});

test("one wrong character is noticed, its group is told, and no part of the key is", () => {
  const wrong = pps.replace("E9YZ", "E8YZ");
  assert.throws(
    () => parsePps(wrong),
    (error) => {
      assert.ok(error instanceof VigilError);
      assert.equal(error.code, "wire.psk.malformed");
      assert.deepEqual(error.details, { field: "pps", expected: "check character", group: 4 });
      return true;
    },
  );
  assert.throws(() => parsePid("0000-037N"), { code: "wire.psk.malformed" });
  for (const text of ["", "0000-037", "0000-037M0", "0000-03ÄM", "0".repeat(1_000)]) {
    assert.throws(() => parsePid(text), { code: "wire.psk.malformed" }, text);
  }
});

test("whatever is drawn, a new pair is well formed", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const pair = newPskPair((below) => Number(numbers.next().value) % below);
      assert.equal(parsePid(pair.pid), pair.pid);
      assert.equal(parsePps(pair.pps), pair.pps);
    }),
    { numRuns: 200 },
  );
});
