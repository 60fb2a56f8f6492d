import assert from "node:assert/strict";
import { test } from "node:test";
import { keysOf, keysymOf } from "./keysym-of.ts";

test("letters are their codes, other keys the numbers that X11 gave them, by the side of the keyboard", () => {
  for (const [key, location, keysym] of [
    ["a", 0, 0x61],
    ["A", 0, 0x41],
    ["ä", 0, 0xe4],
    ["Enter", 0, 0xff0d],
    ["F12", 0, 0xffc9],
    ["Control", 1, 0xffe3],
    ["Control", 2, 0xffe4],
    ["AltGraph", 2, 0xffea],
    ["Delete", 3, 0xffff],
    ["€", 0, undefined],
    ["Dead", 0, undefined],
  ] as const) {
    assert.equal(keysymOf({ key, location }), keysym, key);
  }
});

test("a text is its keys, and what none of them types is named by its place", () => {
  assert.deepEqual(keysOf("a\r\nB"), { keys: [0x61, 0xff0d, 0x42], untypable: [] });
  assert.deepEqual(keysOf("5 € and ☃"), { keys: [...Buffer.from("5  and ")], untypable: [3, 9] });
});
