import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { classByName } from "@vigil/model/classes.ts";
import { behaviors as amtBehaviors } from "@vigil/virtual-device/behaviors.ts";
import { generationNames, identityOf, type Generation } from "@vigil/virtual-device/identity.ts";
import { fields } from "./packages/api/filter/fields.ts";
import { readCapabilities } from "./docs/generator/capabilities.ts";
import { unansweredClasses } from "./docs/generator/class-list.ts";
import { writtenPages } from "./docs/generator/pages.ts";
import { filesOf } from "./docs/generator/source.ts";

// docs/protocol against the declarations. A page that is stale is written anew by `npm run docs`.

const capabilities = await readCapabilities();
const pages = globSync("docs/protocol/*.md").sort();
const words = globSync(["*.md", "docs/**/*.md"]).sort();

/** What a person has to tell about every capability. */
const sections = [
  "Order of calls",
  "Return codes and faults",
  "Between releases",
  "Pitfalls",
  "UNVERIFIED",
  "Sources",
  "Classes",
];

test("every capability has a page that tells what no declaration can", () => {
  assert.ok(capabilities.length >= 20, `only ${capabilities.length} capabilities were found`);
  for (const { name } of capabilities) {
    const path = `docs/protocol/${name}.md`;
    assert.ok(existsSync(path), `${path} is missing`);
    const headings = headingsOf(readFileSync(path, "utf8"));
    assert.deepEqual(
      sections.filter((one) => !headings.includes(one)),
      [],
      `${path} lacks these sections`,
    );
  }
});

test("every capability asks for something and every one is answered", () => {
  for (const { name, asked, answered } of capabilities) {
    assert.ok(asked.length > 0 && asked.every(({ operations }) => operations.length > 0), `${name} asks for nothing`);
    assert.ok(answered.length > 0, `${name} is not answered`);
  }
});

test("what the client asks for is answered: classes, operations and methods", () => {
  const wrong: string[] = [];
  // Associations are answered for all capabilities together.
  const associations = generationNames.flatMap((one) => amtBehaviors.all(releaseOf(one)));
  const behaviors = [...capabilities.flatMap(({ answered }) => answered), ...associations];
  for (const { name, asked } of capabilities) {
    for (const { definition, operations } of asked) {
      const behavior = behaviors.find((one) => one.definition === definition);
      if (behavior === undefined) wrong.push(`${name}: nobody answers ${definition.name}`);
      const answered = new Set(["get", "enumerate", "Subscribe", "Unsubscribe", ...(behavior?.supports ?? [])]);
      for (const operation of operations) {
        const isKnown = answered.has(operation) || behavior?.methods.includes(operation) === true;
        if (!isKnown) wrong.push(`${name}: ${definition.name} does not answer ${operation}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("every class of the model is answered, sent, or the base of one that is", () => {
  assert.deepEqual(unansweredClasses(capabilities), []);
});

test("the generated parts are fresh: npm run docs writes them", async () => {
  const stale = [...(await writtenPages())].filter(([path, text]) => readFileSync(path, "utf8") !== text);
  assert.deepEqual(
    stale.map(([path]) => path),
    [],
    "stale: run npm run docs and read what it changed",
  );
});

test("pages name classes, properties and methods that the model has", () => {
  const wrong: string[] = [];
  let count = 0;
  for (const path of pages) {
    for (const [, span = ""] of withoutBlocks(readFileSync(path, "utf8")).matchAll(/`([^`]+)`/g)) {
      for (const [, name = "", member] of span.matchAll(/\b((?:AMT|CIM|IPS)_\w+)(?:\.(?!ts\b)(\w+))?/g)) {
        count += 1;
        const definition = classByName(name);
        const hasMember =
          member === undefined ||
          definition?.properties[member] !== undefined ||
          definition?.methods[member] !== undefined;
        if (definition === undefined || !hasMember) wrong.push(`${path}: ${span}`);
      }
    }
  }
  assert.ok(count > 500, `only ${count} names were found`);
  assert.deepEqual(wrong, []);
});

test("files that pages name are there", () => {
  const homes = ["", "packages/", "packages/wire/", "packages/virtual-device/"];
  const missing: string[] = [];
  for (const path of pages) {
    for (const [, file = ""] of withoutBlocks(readFileSync(path, "utf8")).matchAll(/`([\w./-]+\.tsx?)`/g))
      if (!homes.some((home) => existsSync(home + file))) missing.push(`${path}: ${file}`);
  }
  assert.deepEqual(missing, []);
});

test("no link leads nowhere", () => {
  const dead: string[] = [];
  for (const path of words) {
    for (const [, target = ""] of withoutBlocks(readFileSync(path, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const to = file === "" ? path : normalize(join(dirname(path), file));
      if (!existsSync(to)) dead.push(`${path}: ${target}`);
      else if (anchor !== undefined && !anchorsOf(to).has(anchor)) dead.push(`${path}: ${target} (no such heading)`);
    }
  }
  assert.deepEqual(dead, []);
});

test("every page of docs/protocol is in its index", () => {
  const index = readFileSync("docs/protocol/README.md", "utf8");
  const names = pages.map((path) => path.slice("docs/protocol/".length)).filter((name) => name !== "README.md");
  assert.deepEqual(
    names.filter((name) => !index.includes(`](${name})`)),
    [],
  );
});

test("a section that the code names as its source stands in docs/protocol", () => {
  const there = new Set(
    pages.flatMap((path) =>
      headingsOf(readFileSync(path, "utf8")).flatMap((one) => one.match(/\b[A-Z]\.\d+\b/g) ?? []),
    ),
  );
  const missing = new Map<string, string>();
  for (const path of filesOf("{packages,apps}/**/*.ts")) {
    for (const [, section = ""] of readFileSync(path, "utf8").matchAll(/\bprotocols ([A-Z]\.\d+)/g))
      if (!there.has(section)) missing.set(section, path);
  }
  assert.deepEqual([...missing], []);
});

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, "");
}

function headingsOf(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
}

/** As GitHub names headings: lower case, blanks to dashes, other signs gone. */
function anchorsOf(path: string): ReadonlySet<string> {
  const slugs = headingsOf(readFileSync(path, "utf8")).map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
  return new Set(slugs);
}

function releaseOf(generation: Generation): string {
  return identityOf("docs", 0, [generation]).release;
}

test("docs/filters.md lists every field of the filter language, and no other", () => {
  const page = readFileSync("docs/filters.md", "utf8");
  const listed = [...page.matchAll(/^\| (\w+) \| (\w+)/gm)].map((match) => [match[1], match[2]]).slice(1);
  assert.deepEqual(
    listed,
    Object.entries(fields).map(([name, { kind }]) => [name, kind]),
  );
});
