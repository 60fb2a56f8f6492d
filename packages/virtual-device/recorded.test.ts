import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { classByUri } from "@vigil/model/classes.ts";
import { decodeInstance, encodeInstance } from "@vigil/model/instances.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import { encodeEnumerate, encodePull } from "@vigil/wire/wsman/bodies.ts";
import { child, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import type { Asker } from "./testing/firmware-under-test.ts";
import { absences, bodyOnly, notCompared, oddIds, ownValues, shortActions } from "./testing/recorded-differences.ts";
import { RecordedDevice } from "./testing/recorded-device.ts";
import { questions, type Question } from "./testing/recorded-questions.ts";
import { formOf, shapesOf, type Shape } from "./testing/shape.ts";

// The same questions, put to a virtual device in a comparable state: its answers have the recorded shapes.

const folder = join(import.meta.dirname, "../wire/goldens/amt-12-answers");
const files = globSync("**/*.xml", { cwd: folder })
  .map((one) => one.replaceAll("\\", "/"))
  .toSorted();
const device = new RecordedDevice();
const asked = questions(await device.material);
/** Differences that were met: one that never is, is named for nothing. */
const met = new Set<string>();

for (const file of files) {
  if (notCompared.some(([pattern]) => pattern.test(file))) continue;
  test(`${file}: a virtual device answers in the same shape`, async () => {
    const recorded = readFileSync(join(folder, file), "utf8");
    const question = asked[file] ?? {};
    const asker = await device.fresh(question.generation);
    await question.before?.(asker);
    const answer = await ask(asker, parseXml(recorded), question);
    const expected = linesOf(file, recorded);
    const found = linesOf(file, answer);
    assert.deepEqual(found, expected, `${file}:\n${differences(found, expected).join("\n")}`);
    assert.match(answer, /^<\?xml version="1\.0" encoding="UTF-8"\?><a:Envelope xmlns:a="[^<]*><a:Header>/);
    assert.doesNotMatch(answer, />\s+<|\/>/, "no blanks between elements, none closes itself");
    asker.firmware.stop();
  });
}

test("every file that is asked or answered differently is one of the recorded ones", () => {
  const named = [...Object.keys(asked), ...Object.keys(absences)];
  assert.deepEqual(
    named.filter((one) => !files.includes(one)),
    [],
  );
  for (const [pattern, reason] of notCompared)
    assert.ok(
      files.some((one) => pattern.test(one)),
      reason,
    );
});

test("every difference that is named was met", () => {
  const named = [...Object.keys(ownValues), ...Object.entries(absences).flatMap(namesIn)];
  assert.deepEqual(
    named.filter((one) => !met.has(one)),
    [],
  );
});

async function ask(asker: Asker, recorded: XmlElement, question: Question): Promise<string> {
  const header = child(recorded, "Header");
  const text = (name: string): string => (header === undefined ? "" : (child(header, name)?.text.trim() ?? ""));
  const resourceUri = text("ResourceURI");
  const action = text("Action").replace(/Response$/, "");
  const whole = { action, resourceUri, messageId: text("RelatesTo"), selectors: question.selectors ?? {} };
  const exchange = async (body: XmlElement | undefined): Promise<string> =>
    (await asker.exchange({ ...whole, ...(body === undefined ? {} : { body }) })).xml;
  if (action === actions.enumerate) return exchange(encodeEnumerate());
  if (action === actions.pull) {
    const opened = await asker.ask({ action: actions.enumerate, resourceUri, body: encodeEnumerate() });
    const context = opened.body === undefined ? "" : (child(opened.body, "EnumerationContext")?.text ?? "");
    return exchange(encodePull({ context, maxElements: 999 }));
  }
  return exchange(question.body ?? (action === actions.put ? itself(recorded) : undefined));
}

/** What a Put was answered with is what it had sent. */
function itself(recorded: XmlElement): XmlElement | undefined {
  const [body] = child(recorded, "Body")?.children ?? [];
  const definition = body === undefined ? undefined : classByUri(body.ns);
  if (body === undefined || definition === undefined) return undefined;
  return encodeInstance(definition, decodeInstance(definition, body).value);
}

/** One line for each element: where it is, its attributes, its text, or how this is spelled when it may differ. */
function linesOf(file: string, xml: string): string[] {
  const lines: string[] = [];
  const isBodyOnly = bodyOnly.test(file);
  for (const shape of shapesOf(xml)) {
    const path = isBodyOnly ? shape.path.map((one) => one.replace(/^\w+:/, "")) : shape.path;
    if (isBodyOnly && path[1] !== "Body") continue;
    const member = memberOf(shape.path);
    if (absences[file]?.[member] !== undefined) {
      met.add(`${file} ${member}`);
      continue;
    }
    const attributes = isBodyOnly ? "" : shape.attributes;
    const line = `${path.join("/")} ${attributes} ${textOf(file, shape, member)}`;
    const isRepeated = ownValues[member] !== undefined && lines.at(-1) === line;
    if (!isRepeated) lines.push(line);
  }
  return lines;
}

function textOf(file: string, { path, text }: Shape, member: string): string {
  const name = path.at(-1);
  if (name === "b:MessageID" || name === "g:EnumerationContext") return oddIds.test(file) ? "" : formOf(text);
  if (name === "b:Action" && shortActions.test(file)) return text.replace(/Response$/, "");
  if (ownValues[member] === undefined) return text;
  met.add(member);
  // In a reference only the selector is the machine's own.
  return name === "b:Address" || name === "c:ResourceURI" ? text : formOf(text);
}

/** e.g. "AMT_GeneralSettings.HostName"; empty outside of instances and results. */
function memberOf(path: readonly string[]): string {
  const names = path.slice(2).map((one) => one.replace(/^\w+:/, ""));
  const inside = names[0] === "PullResponse" ? names.slice(2) : names;
  return inside.length < 2 ? "" : inside.slice(0, 2).join(".");
}

function namesIn([file, members]: readonly [string, Readonly<Record<string, string>>]): readonly string[] {
  return Object.keys(members).map((one) => `${file} ${one}`);
}

function differences(found: readonly string[], expected: readonly string[]): string[] {
  return [
    ...expected.filter((one) => !found.includes(one)).map((one) => `- ${one}`),
    ...found.filter((one) => !expected.includes(one)).map((one) => `+ ${one}`),
  ];
}
