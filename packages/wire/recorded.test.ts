import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decodeResponse, encodeResponse } from "./wsman/envelope.ts";
import { parseXml } from "./xml.ts";

// What one machine with AMT 12 answered, laid out by the recorders.
const folder = join(import.meta.dirname, "goldens/amt-12-answers");
const files = globSync("**/*.xml", { cwd: folder }).toSorted();
/** Written by hand upstream, with other prefixes than firmware's. */
const handMade: ReadonlySet<string> = new Set([
  "amt/boot/settingdata/put.xml",
  "amt/setupandconfiguration/getuuid.xml",
  "amt/setupandconfiguration/getuuid-bad.xml",
]);

test("all 204 recorded answers are read", () => {
  assert.equal(files.length, 204);
  for (const file of files) {
    const answer = decodeResponse(parseXml(readFileSync(join(folder, file))));
    assert.match(answer.action, /^http:/, file);
    if (handMade.has(file)) continue;
    assert.ok(
      answer.resourceUri !== undefined && answer.relatesTo !== undefined && answer.messageId !== undefined,
      file,
    );
  }
});

test("201 of them, without their layout, are written again to the same bytes", () => {
  const different: string[] = [];
  for (const file of files.filter((path) => !handMade.has(path))) {
    const firmware = withoutLayout(readFileSync(join(folder, file), "utf8"));
    const namespaces = [...firmware.matchAll(/xmlns:[g-p]="([^"]*)"/g)].map((match) => match[1] ?? "");
    const written = encodeResponse(decodeResponse(parseXml(firmware)), namespaces);
    if (written !== firmware) different.push(file);
  }
  assert.deepEqual(different, []);
});

/** Undoes what the recorders' editor did: blanks around tags and inside them, empty elements in their short form. */
function withoutLayout(xml: string): string {
  return xml
    .trim()
    .replaceAll(/=\s+"/g, '="')
    .replaceAll(/>\s+/g, ">")
    .replaceAll(/\s+</g, "<")
    .replaceAll(/\s+xmlns:/g, " xmlns:")
    .replaceAll(/<(\w:\w+)\s*\/>/g, "<$1></$1>")
    .replaceAll(/"\s+>/g, '">');
}
