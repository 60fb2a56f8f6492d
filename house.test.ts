import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

// The plan of HOUSE.md, executable. It reads the source as text: imports, and the few words that a rule forbids.

/** Allowed arrows between packages, complete. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "packages/base": [],
  "packages/wire": ["packages/base"],
  "packages/postgres": ["packages/base"],
  "packages/api": ["packages/base"],
  "packages/model": ["packages/wire", "packages/base"],
  "packages/work": ["packages/postgres", "packages/base"],
  "packages/amt-client": ["packages/model", "packages/wire", "packages/base"],
  "packages/virtual-device": ["packages/model", "packages/wire", "packages/base"],
  "apps/server": ["packages/amt-client", "packages/api", "packages/work", "packages/postgres", "packages/base"],
  "apps/console": ["packages/api", "packages/wire", "packages/base"],
  "apps/cli": ["packages/api", "packages/amt-client", "packages/base"],
  "apps/lab": ["apps/server", "packages/virtual-device", "packages/api", "packages/base"],
};

/** Tests may know more than the code they test. */
const arrowsOfTests: Readonly<Record<string, readonly string[]>> = {
  "packages/amt-client": ["packages/virtual-device"],
  "apps/lab": ["packages/amt-client", "packages/postgres", "packages/wire", "packages/model", "packages/work"],
  "apps/cli": ["apps/server"],
};

/** Rooms of the server from top to bottom: a room may use any room below it, through its door. */
const serverFloors: readonly (readonly string[])[] = [
  ["main"],
  ["compose"],
  ["http", "config"],
  ["policies"],
  ["jobs", "schedules"],
  ["runs"],
  ["provisioning", "visits"],
  ["boots", "isolations"],
  ["assignments", "collections", "sessions"],
  ["profiles", "devices", "directories", "images"],
  ["audit", "credentials", "access", "events", "errors", "migrations"],
];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly isTest: boolean;
  /** Repository paths and package names it imports. */
  readonly imports: readonly string[];
}

const sources = readSources();
const code = sources.filter((one) => !one.isTest);

function readSources(): Source[] {
  const pattern = "{packages,apps,bench,docs,fuzz}/**/*.{ts,tsx}";
  const paths = globSync(pattern, { exclude: (name) => name === "node_modules" || name === "dist" });
  return paths.map((path) => {
    const text = readFileSync(path, "utf8");
    const isTest =
      /\.test\.tsx?$|\/test(s|ing)?\/|\/scenarios\/|test-databases|^apps\/lab\/(stage|proofs|prober)\.ts$/.test(path);
    const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^"';]*?from\s*"([^"]+)"|\bimport\(?\s*"([^"]+)"\)?/g);
    const imports = [...found].map((match) => resolve(path, match[1] ?? match[2] ?? ""));
    return { path, text, lines: text.split("\n").length, isTest, imports };
  });
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  const own = /^@vigil\/([^/]+)\/(.+)$/.exec(specifier);
  if (own === null) return specifier;
  const home = existsSync(join("packages", own[1] ?? "")) ? "packages" : "apps";
  return `${home}/${own[1]}/${own[2]}`;
}

function packageOf(path: string): string | undefined {
  const match = /^((?:packages|apps)\/[^/]+)\//.exec(path);
  return match?.[1];
}

/** Without comments and strings, so that a rule meets code only. */
function bare(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/(^|\s)\/\/.*$/gm, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
}

test("the house has been found", () => {
  assert.ok(code.length > 100, `only ${code.length} source files were read`);
});

test("imports between packages follow the allowed arrows", () => {
  const wrong: string[] = [];
  for (const one of sources) {
    const from = packageOf(one.path);
    if (from === undefined) continue;
    const allowed = new Set([from, ...(arrows[from] ?? []), ...(one.isTest ? (arrowsOfTests[from] ?? []) : [])]);
    for (const target of one.imports) {
      const to = packageOf(target);
      if (to !== undefined && !allowed.has(to)) wrong.push(`${one.path} -> ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("packages declare the workspaces they import, and no others", () => {
  const wrong: string[] = [];
  for (const home of Object.keys(arrows)) {
    const manifest: unknown = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    assert.ok(typeof manifest === "object" && manifest !== null);
    const declared = new Set([...namesIn(manifest, "dependencies"), ...namesIn(manifest, "devDependencies")]);
    const used = new Set<string>();
    for (const one of sources.filter((source) => packageOf(source.path) === home)) {
      for (const target of one.imports) {
        const to = packageOf(target);
        if (to !== undefined && to !== home) used.add(`@vigil/${to.split("/")[1]}`);
      }
    }
    for (const name of used) if (!declared.has(name)) wrong.push(`${home} imports ${name} but does not declare it`);
    for (const name of declared) {
      if (name.startsWith("@vigil/") && !used.has(name)) wrong.push(`${home} declares ${name} but does not import it`);
    }
  }
  assert.deepEqual(wrong, []);
});

function namesIn(manifest: object, key: string): string[] {
  const table: unknown = Reflect.get(manifest, key);
  return typeof table === "object" && table !== null ? Object.keys(table) : [];
}

test("there is no import ring, type imports included", () => {
  const graph = new Map(sources.map((one) => [one.path, one.imports]));
  const rings: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      rings.push([...trail.slice(at), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) if (graph.has(next)) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  assert.deepEqual(rings, []);
});

test("inside the server no import runs upward, and rooms enter each other through the door", () => {
  // A room is a folder, a file, or both: http.ts and what is in http/.
  const roomOf = (path: string): string => (path.split("/")[2] ?? "").replace(/\.ts$/, "");
  const floorOf = (path: string): number => serverFloors.findIndex((floor) => floor.includes(roomOf(path)));
  const wrong: string[] = [];
  for (const one of code.filter((source) => source.path.startsWith("apps/server/"))) {
    if (floorOf(one.path) < 0) wrong.push(`${one.path} is in no room of the plan`);
    for (const target of one.imports.filter((path) => path.startsWith("apps/server/"))) {
      const other = roomOf(target);
      if (other === roomOf(one.path)) continue;
      const isBinding = one.path.endsWith(".routes.ts") && target === "apps/server/http.ts";
      if (!isBinding && floorOf(target) < floorOf(one.path)) wrong.push(`upward: ${one.path} -> ${target}`);
      const isDoor = target === `apps/server/${other}.ts` || target === `apps/server/${other}/${other}.ts`;
      if (!isDoor && one.path !== "apps/server/compose.ts")
        wrong.push(`not through the door: ${one.path} -> ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("sockets are opened where the plan says", () => {
  const homes =
    /^packages\/amt-client\/(dial|listen|scan)|^packages\/virtual-device\/endpoints|^apps\/server\/(http|cluster)|^apps\/server\/directories\/session\.ts$|^apps\/lab\/(proofs|prober)\.ts$|^bench\/|^fuzz\/targets\//;
  const wrong = code
    .filter((one) => !homes.test(one.path))
    .filter((one) => one.imports.some((target) => /^node:(net|tls|http|https|http2|dgram)$/.test(target)))
    .filter((one) => !onlyTypes(one, /node:(net|tls|http|https|http2|dgram)/))
    .map((one) => one.path);
  assert.deepEqual(wrong, []);
});

function onlyTypes(source: Source, module: RegExp): boolean {
  const lines = source.text.split("\n").filter((line) => module.test(line) && /\bfrom\b|import\(/.test(line));
  return lines.every((line) => /^\s*import type\b/.test(line));
}

test("time comes from base/clock.ts alone", () => {
  const forbidden = /\b(Date\.now|setTimeout|setInterval|performance\.now|new Date\(\))/;
  const wrong = code
    .filter((one) => !/^packages\/base\/clock\.ts$|^bench\/|^fuzz\/|^apps\/console\//.test(one.path))
    .filter((one) => forbidden.test(bare(one.text)))
    .map((one) => `${one.path}: ${forbidden.exec(bare(one.text))?.[1]}`);
  assert.deepEqual(wrong, []);
});

test("what the console imports runs in a browser: nothing of Node is in it", () => {
  const byPath = new Map(code.map((one) => [one.path, one]));
  const wrong = new Set<string>();
  const seen = new Set<string>();
  const walk = (one: Source): void => {
    if (seen.has(one.path)) return;
    seen.add(one.path);
    if (/\b(Buffer|process|setImmediate)\b/.test(bare(one.text))) wrong.add(`${one.path} uses what only Node has`);
    for (const target of one.imports) {
      if (target.startsWith("node:") && !onlyTypes(one, /"node:/)) wrong.add(`${one.path} imports ${target}`);
      const next = byPath.get(target);
      if (next !== undefined) walk(next);
    }
  };
  for (const one of code) if (/^apps\/console\/(?!vite\.config)/.test(one.path)) walk(one);
  // A test clock waits as only Node can, and no browser asks for one.
  wrong.delete("packages/base/clock.ts uses what only Node has");
  assert.ok(
    [...seen].some((path) => path.startsWith("packages/wire/")),
    "the console speaks no wire",
  );
  assert.deepEqual([...wrong], []);
});

test("SQL stands in stores, work, postgres and migrations", () => {
  const homes = /\.store\.ts$|^packages\/(postgres|work)\/|^apps\/server\/migrations\//;
  const wrong = code
    .filter((one) => !homes.test(one.path))
    .filter((one) => one.imports.includes("kysely") && !onlyTypes(one, /"kysely"/))
    .map((one) => one.path);
  assert.deepEqual(wrong, []);
});

test("every capability of the client has a behavior of the same name in the virtual device, and the other way round", () => {
  const names = (pattern: string): string[] =>
    globSync(pattern)
      .map((path) => path.split("/").at(-1) ?? "")
      .filter((name) => !name.endsWith(".test.ts"))
      .sort();
  assert.deepEqual(names("packages/amt-client/capabilities/*.ts"), names("packages/virtual-device/behaviors/*.ts"));
});

test("no any, enum, namespace, decorator or parameter property", () => {
  const forbidden =
    /(:\s*any\b|\bas any\b|<any>|\benum\s+\w+\s*\{|\bnamespace\s+\w+\s*\{|constructor\(\s*(private|public|protected|readonly)\s)/;
  const wrong = sources
    .filter((one) => forbidden.test(bare(one.text)))
    .map((one) => `${one.path}: ${forbidden.exec(bare(one.text))?.[1]}`);
  assert.deepEqual(wrong, []);
});

test("files are small and have a name of their own", () => {
  const forbidden = /(^|\/)(utils?|helpers?|misc|types|interfaces|manager|factory|index)\.tsx?$/;
  assert.deepEqual(
    sources.filter((one) => forbidden.test(one.path)).map((one) => one.path),
    [],
  );
  assert.deepEqual(
    sources.filter((one) => one.lines > 500).map((one) => `${one.path}: ${one.lines} lines`),
    [],
  );
});

test("every code that an operator can meet has a runbook, and every runbook a code", () => {
  const declared = new Set<string>();
  const withRunbook = new Set<string>();
  for (const one of code.filter((source) => source.path.endsWith("errors.ts"))) {
    for (const match of one.text.matchAll(/"([a-z]+(?:\.[a-zA-Z-]+)+)":\s*\{([^}]*)\}/g)) {
      declared.add(match[1] ?? "");
      if (/runbook:\s*true/.test(match[2] ?? "")) withRunbook.add(match[1] ?? "");
    }
  }
  const pages = new Set(
    globSync("docs/runbooks/*.md").map((path) => path.slice("docs/runbooks/".length, -".md".length)),
  );
  assert.ok(withRunbook.size > 20, `only ${withRunbook.size} codes with a runbook were found`);
  assert.deepEqual([...withRunbook].filter((name) => !pages.has(name)).sort(), [], "codes without a page");
  assert.deepEqual([...pages].filter((name) => !declared.has(name)).sort(), [], "pages without a code");
});

test("every path that HOUSE.md names exists", () => {
  const text = readFileSync("HOUSE.md", "utf8");
  const tree = /## 2\. The tree[\s\S]*?```\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const missing: string[] = [];
  let count = 0;
  for (const path of pathsOfTree(tree)) {
    count += 1;
    if (!existsSync(path)) missing.push(path);
  }
  assert.ok(count > 60, `only ${count} paths were read from HOUSE.md`);
  assert.deepEqual(missing, []);
});

/** Reads the tree: two blanks of indentation a level; names before two blanks or a floor; a folder ends in a slash. */
function pathsOfTree(tree: string): string[] {
  const paths: string[] = [];
  const folders: string[] = [];
  for (const line of tree.split("\n")) {
    const match = /^( *)(\S.*?)(?: {2,}.*)?$/.exec(line);
    if (match === null) continue;
    const depth = (match[1] ?? "").length / 2;
    const within = folders.slice(0, depth);
    for (const name of (match[2] ?? "").split(" ")) {
      paths.push([...within, name].join("/"));
      if (name.endsWith("/")) folders[depth] = name.slice(0, -1);
    }
  }
  return paths;
}

test("GLOSSARY.md is in alphabetical order and every word of it is used", () => {
  const words = [...readFileSync("GLOSSARY.md", "utf8").matchAll(/^\*\*(.+?)\*\*/gm)].map((match) => match[1] ?? "");
  assert.ok(words.length > 25);
  assert.deepEqual(
    words,
    words.toSorted((a, b) => a.localeCompare(b, "en")),
  );
  const plan = readFileSync("HOUSE.md", "utf8");
  const all = [plan, ...sources.map((one) => one.text)].join("\n").toLowerCase();
  const unused = words.filter((word) => !all.includes(word.toLowerCase()));
  assert.deepEqual(unused, []);
});
