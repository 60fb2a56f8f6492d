import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Side } from "@vigil/base/errors.ts";
import { byCode, byLastWord, statusOf } from "./status.ts";

const root = join(import.meta.dirname, "../../..");

interface Row {
  readonly code: string;
  readonly side: Side;
}

/** Every code of every catalogue that a server can answer with. */
async function everyCode(): Promise<readonly Row[]> {
  const files = globSync(["apps/server/**/errors.ts", "packages/*/errors.ts"], { cwd: root });
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(root, file)).href)));
  return modules.flatMap((module: object) =>
    Object.entries(module).flatMap(([name, catalogue]: [string, unknown]) =>
      name.endsWith("Errors") ? Object.entries(Object(catalogue)).flatMap(rowOf) : [],
    ),
  );
}

const sides = ["caller", "device", "network", "ours"] as const satisfies readonly Side[];

function rowOf([code, declared]: [string, unknown]): Row[] {
  const given = typeof declared === "object" && declared !== null ? Reflect.get(declared, "side") : undefined;
  const side = sides.find((one) => one === given);
  return side === undefined ? [] : [{ code, side }];
}

/** What a code says of itself, wherever in it the word stands. Written down apart from the rule that is tested. */
const said: readonly (readonly [RegExp, number])[] = [
  [/(^|[.-])unknown$/, 404],
  [/\.(taken|in-use|busy|stale|duplicate)$/, 409],
  [/\.state(\.|$)/, 409],
];
/** Codes that a caller meets and that mean something else by that word, each with why. */
const otherwise: Readonly<Record<string, string>> = {
  "schedules.time-zone.unknown": "a value that there is not, in what was sent",
  "amt.kerberos.service-unknown": "it is the directory that does not know the device",
};

test("what is not there is 404, and what stands in the way is 409, for every code that a caller is to act on", async () => {
  const rows = await everyCode();
  assert.ok(rows.length > 300, `${rows.length} codes`);
  const wrong = rows.flatMap(({ code, side }) => {
    const wanted = said.find(([word]) => word.test(code))?.[1];
    if (side !== "caller" || wanted === undefined || Object.hasOwn(otherwise, code)) return [];
    const status = statusOf({ code, side });
    return status === wanted ? [] : [`${code}: ${status} and not ${wanted}`];
  });
  assert.deepEqual(wrong, []);
});

test("no row is for a code that there is not, or says what the rule says", async () => {
  const sideOf = new Map((await everyCode()).map(({ code, side }) => [code, side]));
  for (const [code, status] of Object.entries(byCode)) {
    const side = sideOf.get(code);
    assert.ok(side !== undefined, `${code} is in no catalogue`);
    const word = code.slice(code.lastIndexOf(".") + 1);
    assert.ok(side !== "caller" || byLastWord[word] !== status, `${code} needs no row`);
  }
  for (const code of Object.keys(otherwise)) assert.ok(sideOf.has(code), `${code} is in no catalogue`);
});

test("what a device, the network or Vigil itself did wrong is not the caller's, whatever the code's last word", () => {
  assert.equal(statusOf({ code: "amt.outcome.unknown", side: "network" }), 504);
  assert.equal(statusOf({ code: "amt.redirection.busy", side: "device" }), 502);
  assert.equal(statusOf({ code: "work.lane.unknown", side: "ours" }), 500);
});
