import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { child, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { answersIn, readAnswer, writeAnswer } from "./answers.ts";
import { classByUri } from "./classes.ts";
import { decodeInstance, decodeOutput, encodeInstance, encodeOutput } from "./instances.ts";

// What one machine with AMT 12 answered. The files named here were written by hand upstream, out of firmware's order.
const folder = join(import.meta.dirname, "../wire/goldens/amt-12-answers");
const handMade =
  /eventlogentry|hdr8021filter|ips\/alarmclock|ips\/power|generatepkcs10|getuuid-bad|tls\/credentialcontext\/(create|put)/;
/** Text that is not of its type, by file: all three were made up by hand. */
const unreadable: Readonly<Record<string, readonly string[]>> = {
  "amt/eventlogentry/get.xml": ["EventData"],
  "amt/eventlogentry/pull.xml": ["EventData"],
  "amt/publickey/management/generatepkcs10requestex.xml": ["SignedCertificateRequest"],
  "amt/setupandconfiguration/getuuid-bad.xml": ["UUID"],
};

const files = globSync("**/*.xml", { cwd: folder }).toSorted();

test("there are 204 recorded answers", () => {
  assert.equal(files.length, 204);
});

for (const file of files) {
  const root = parseXml(readFileSync(join(folder, file)));
  const soap = child(root, "Body");
  const bodies = answersIn(soap?.children[0]);

  test(`${file}: decodes without loss and encodes to an equal document`, () => {
    for (const one of bodies) {
      const answer = readAnswer(one);
      assert.ok(classByUri(one.ns) !== undefined, `${one.ns} is not in the model`);
      assert.deepEqual(answer.unknown, []);
      assert.deepEqual(
        answer.unreadable.map(({ name }) => name),
        unreadable[file.replaceAll("\\", "/")] ?? [],
      );
    }
    const rewritten = replaced(root, new Map(bodies.map((one) => [one, writeAnswer(readAnswer(one))])));
    assert.deepEqual(plain(rewritten), plain(root));
  });

  if (handMade.test(file)) continue;
  for (const one of bodies) {
    test(`${file}: ${one.name} is in the firmware's order`, () => {
      const definition = classByUri(one.ns);
      assert.ok(definition !== undefined);
      const method = /^(\w+)_OUTPUT$/.exec(one.name)?.[1];
      const again =
        method === undefined
          ? encodeInstance(definition, decodeInstance(definition, one).value)
          : encodeOutput(definition, method, decodeOutput(definition, method, one).value);
      assert.deepEqual(plain(again), plain(one));
    });
  }
}

function replaced(root: XmlElement, by: ReadonlyMap<XmlElement, XmlElement>): XmlElement {
  return by.get(root) ?? { ...root, children: root.children.map((one) => replaced(one, by)) };
}

/** Without the layout that the recorders added, and without namespaces inside: one file lacks them. */
function plain(one: XmlElement): unknown {
  return { name: one.name, text: one.text.trim(), attributes: one.attributes, children: one.children.map(plain) };
}
