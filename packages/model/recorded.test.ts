import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decodeResponse } from "@vigil/wire/wsman/envelope.ts";
import { child, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { classByName, classByUri } from "./classes.ts";
import { decodeInstance, decodeOutput, encodeInstance, encodeOutput, type ClassDefinition } from "./define.ts";

// What one machine with AMT 12 answered. The files named here were written by hand upstream, out of firmware's order.
const folder = join(import.meta.dirname, "../wire/goldens/amt-12-answers");
const handMade =
  /eventlogentry|hdr8021filter|ips\/alarmclock|ips\/power|generatepkcs10|getuuid-bad|tls\/credentialcontext\/create|tls\/credentialcontext\/put/;

const files = globSync("**/*.xml", { cwd: folder }).toSorted();
let instances = 0;
let outputs = 0;

for (const file of files.filter((path) => !handMade.test(path))) {
  const body = decodeResponse(parseXml(readFileSync(join(folder, file)))).body;
  for (const one of body === undefined ? [] : answersIn(body)) {
    const definition = classByUri(one.ns);
    if (definition === undefined) continue;
    const method = /^(\w+)_OUTPUT$/.exec(one.name)?.[1];
    if (method === undefined) instances += 1;
    else outputs += 1;
    test(`${file}: ${one.name} decodes to typed values and encodes to the same element`, () => {
      if (method === undefined) roundTrip(definition, one);
      else roundTripOutput(definition, method, one);
    });
  }
}

test("enough of the recorded answers belong to modelled classes", () => {
  assert.equal(files.length, 204);
  assert.ok(instances >= 40, `${instances} instances`);
  assert.ok(outputs >= 25, `${outputs} outputs`);
});

function answersIn(body: XmlElement): readonly XmlElement[] {
  return body.name === "PullResponse" ? (child(body, "Items")?.children ?? []) : [body];
}

function roundTrip(definition: ClassDefinition, from: XmlElement): void {
  assert.equal(from.name, definition.name);
  const { value, unknown } = decodeInstance(definition, from);
  assert.deepEqual(unknown, []);
  assert.deepEqual(plain(encodeInstance(definition, value)), plain(from));
}

function roundTripOutput(definition: ClassDefinition, method: string, from: XmlElement): void {
  const named = classByName(definition.name);
  assert.ok(named !== undefined && method in named.methods, `${definition.name} has no ${method}`);
  const { value, unknown } = decodeOutput(definition, method, from);
  assert.deepEqual(unknown, []);
  assert.deepEqual(plain(encodeOutput(definition, method, value)), plain(from));
}

/** Without the layout that the recorders added, and without namespaces inside: one file lacks them. */
function plain(one: XmlElement): unknown {
  return { name: one.name, text: one.text.trim(), children: one.children.map(plain) };
}
