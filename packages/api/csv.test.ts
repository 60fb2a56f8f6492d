import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf } from "./csv.ts";

test("what has commas, quotes or line ends is quoted, and nothing is empty", () => {
  assert.equal(
    csvOf([
      ["WHO", "WHAT"],
      ['a "b", c', "x\r\ny"],
      [null, 7],
    ]),
    'WHO,WHAT\r\n"a ""b"", c","x\r\ny"\r\n,7\r\n',
  );
});

test("a cell that a spreadsheet would run is text there", () => {
  assert.equal(csvOf([["=1+1", "@a", "-2", -2]]), "'=1+1,'@a,'-2,-2\r\n");
});
