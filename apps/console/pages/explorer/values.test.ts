import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, returnValue, shownOf } from "./values.ts";

test("a value map's word stands with its number, and a number that it lacks is told so", () => {
  const state = { name: "State", type: "enum", values: [["on", 2] satisfies [string, number]] };
  assert.deepEqual(shownOf("on", state), { text: "2", meaning: "on" });
  assert.deepEqual(shownOf(32_768, state), { text: "32768", meaning: "not in the value map" });
  assert.deepEqual(shownOf(["on", 9], state), { text: "2, 9", meaning: "on, not in the value map" });
  assert.equal(shownOf(0, returnValue).meaning, "success");
});

test("nothing, empty, sealed, bytes, moments and references look different", () => {
  const bytes = { name: "Blob", type: "base64" };
  assert.equal(shownOf(null, undefined).look, "none");
  assert.equal(shownOf("", undefined).look, "empty");
  assert.equal(shownOf("[sealed]", bytes).look, "sealed");
  assert.equal(shownOf(["[sealed]"], bytes).look, "sealed");
  assert.equal(shownOf("AAAAAA==", bytes).meaning, "4 bytes");
  assert.equal(shownOf({ datetime: "2026-01-31T12:00:00Z" }, undefined).at, "2026-01-31T12:00:00Z");
  const reference = { address: "a", resourceUri: "http://x/CIM_System", selectors: { Name: "b" } };
  assert.deepEqual(shownOf(reference, undefined), {
    text: "CIM_System?Name=b",
    reference: { className: "CIM_System", selectors: { Name: "b" } },
  });
  assert.equal(shownOf({ a: 1, b: "" }, undefined).text, "a=1; b=empty");
});

test("columns that tell instances apart come first, keys before the rest", () => {
  const rows = [
    { Same: 1, Size: 1, Key: "a", Class: "X" },
    { Same: 1, Size: 2, Key: "b", Class: "X" },
  ];
  assert.deepEqual(columnsOf(rows, new Set(["Key", "Class"])), ["Key", "Size", "Class", "Same"]);
});
