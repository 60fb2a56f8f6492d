import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { readPlain } from "./xml-plain.ts";
import { readThoroughly } from "./xml-thorough.ts";
import type { XmlElement } from "./xml-element.ts";

const limits = { maxBytes: 1024 * 1024, maxDepth: 64, maxElements: 50_000, maxAttributes: 128 };
const goldens = globSync("goldens/**/*.xml", { cwd: import.meta.dirname }).map((path) =>
  readFileSync(join(import.meta.dirname, path), "utf8").trimStart(),
);
const seed = goldens.find((one) => one.includes("<a:Fault>") || one.includes("Envelope")) ?? "";

function thorough(text: string): XmlElement | string {
  try {
    return readThoroughly(text, limits);
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error.code;
  }
}

/** What the plain reader reads, the thorough one reads alike; what it leaves alone proves nothing. */
function compare(text: string): "read" | "left" {
  const plain = readPlain(text, limits);
  if (plain === undefined) return "left";
  assert.deepEqual(plain, thorough(text), text.slice(0, 500));
  return "read";
}

test("recorded answers are plain, and both readers read them alike", () => {
  assert.ok(goldens.length > 100);
  const left = goldens.filter((one) => compare(one) === "left");
  assert.ok(left.length <= goldens.length / 10, `${left.length} of ${goldens.length} are left to the thorough reader`);
});

test("documents on the border are read alike or left", () => {
  const border = [
    "<a/>",
    "<a></a >",
    "<a >x</a>",
    "<a b='1' c=\"2\"/>",
    '<a b="&amp;"/>',
    '<a b=">"/>',
    "<a>&amp;amp;</a>",
    "<a>&#65;</a>",
    "<a>x<b/>y</a>",
    '<a xmlns=""/>',
    '<a xmlns="u"><b xmlns=""/></a>',
    '<a xmlns:p="u"><p:b xmlns:p="v"><p:c/></p:b><p:d/></a>',
    '<p:a xmlns:p="u" p:b="1" b="2"/>',
    '<a xml:lang="en"/>',
    "<xml:a/>",
    '<a xmlns:xml="u"/>',
    '<a xmlns:xmlns="u"/>',
    '<a xmlns:p="http://www.w3.org/2000/xmlns/"/>',
    '<xmlns:a xmlns:xmlns="u"/>',
    "<a:b:c/>",
    "<a:/>",
    "<:a/>",
    "<a b/>",
    "<a b='1'c='2'/>",
    "<a/>\n\n",
    "<a/>\u00a0",
    '<?xml version="1.0"?>\u00a0<a/>',
    '<?xml version="1.0" encoding="UTF-8"?>\n<a/>',
    "<a><![CDATA[x]]></a>",
    "<a>x]]>y</a>",
    "<a>\r\n</a>",
    "<a>\ud83d\ude00</a>",
    "<ä/>",
    "<a.b-c_1/>",
    "<1/>",
    "<>",
    "</a>",
    "<a></b>",
    "<ab></a>",
    "<a></ab>",
    "<a/><b/>",
    "<a/>x",
  ];
  for (const text of border) compare(text);
});

test("a name is found in the innermost declaration, and a declaration ends with its element", () => {
  const text = '<a xmlns="u"><b xmlns="v"/><c/></a>';
  const root = readPlain(text, limits);
  assert.deepEqual(
    root?.children.map((one) => one.ns),
    ["v", "u"],
  );
  assert.equal(readPlain('<a><b xmlns:p="u"/><p:c/></a>', limits), undefined);
});

test("beyond any limit it leaves the document to the reader that names the limit", () => {
  const deep = (levels: number): string => "<a>".repeat(levels) + "</a>".repeat(levels);
  assert.notEqual(readPlain(deep(64), limits), undefined);
  assert.equal(readPlain(deep(65), limits), undefined);
  assert.notEqual(readPlain("<a><b/><b/></a>", { ...limits, maxElements: 3 }), undefined);
  assert.equal(readPlain("<a><b/><b/><b/></a>", { ...limits, maxElements: 3 }), undefined);
  assert.notEqual(readPlain('<a b="1" c="2"/>', { ...limits, maxAttributes: 2 }), undefined);
  assert.equal(readPlain('<a b="1" c="2" d="3"/>', { ...limits, maxAttributes: 2 }), undefined);
});

test("an envelope with characters put in, taken out or exchanged is read alike or left", () => {
  const alphabet = fc.constantFrom(
    ..."<>/&;:=\"' \n!?-[]x#ap",
    "\r",
    "\u0000",
    "\u00a0",
    "\ud83d",
    "xmlns",
    "xml:",
    "]]>",
  );
  const edit = fc.record({ at: fc.nat(seed.length - 1), cut: fc.nat(3), put: fc.array(alphabet, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = seed;
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put.join("") + text.slice(at + cut);
      compare(text);
    }),
    { numRuns: 2_000 },
  );
});

test("small documents of XML's own pieces are read alike or left", () => {
  const pieces = [
    "<a>",
    "</a>",
    "<p:a>",
    "</p:a>",
    "<a/>",
    "<a ",
    ">",
    "/>",
    'xmlns:p="u"',
    'xmlns="v"',
    " ",
    'b="1"',
    "p:b='2'",
  ];
  const more = [
    "x",
    "&lt;",
    "&amp;",
    "&x;",
    "&",
    "<",
    "]]>",
    "<!--c-->",
    "<?p?>",
    '<?xml version="1.0"?>',
    "\n",
    "'",
    '"',
    "=",
  ];
  const document = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 12 }).map((one) => one.join(""));
  fc.assert(
    fc.property(document, (text) => void compare(text)),
    { numRuns: 5_000 },
  );
});
