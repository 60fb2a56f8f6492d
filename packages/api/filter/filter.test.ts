import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { complete } from "./complete.ts";
import { holds, type FilterFacts } from "./evaluate.ts";
import { explain } from "./explain.ts";
import type { Expression } from "./expression.ts";
import { isLike } from "./like.ts";
import { parseFilter } from "./parse.ts";
import { printFilter } from "./print.ts";

const now = Date.UTC(2026, 10, 25);
const device: FilterFacts = {
  hostName: "Desk-12",
  address: "10.1.2.3",
  uuid: "00001111-2222-4333-8444-555566667777",
  state: "provisioned",
  error: null,
  power: "off",
  reachable: true,
  isolated: false,
  release: "16.1.25",
  manufacturer: "Contoso",
  model: 'Tower "9"',
  serial: "SN%1",
  bios: null,
  controlMode: "admin",
  profile: "Default",
  channel: "tls",
  setupMethod: "certificate",
  collection: [],
  tag: ["Kiosk", "berlin"],
  firstSeen: "2026-11-01T00:00:00.000Z",
  lastSeen: "2026-11-24T12:00:00.000Z",
  provisioned: "2026-11-01T00:10:00.000Z",
  inventoried: null,
  maintained: null,
  certificateExpires: "2026-12-20T00:00:00.000Z",
};

const answers: readonly (readonly [filter: string, holds: boolean])[] = [
  ["", true],
  ["  ", true],
  ["desk", true],
  ["desk-13", false],
  ["desk tower", true],
  ["desk 10.9", false],
  ["desk state = provisioned", true],
  ["desk not state = provisioned", false],
  ["state = failed desk or power = off", true],
  ["desk (power = on or power = off)", true],
  ['"10.1.2"', true],
  ["state = provisioned", true],
  ["STATE = Provisioned", true],
  ["state != provisioned", false],
  ["state in (factory, failed)", false],
  ["state not in (factory, failed)", true],
  ["hostName = desk-12", true],
  ["hostname ~ desk-*", true],
  ["hostname ~ desk-?", false],
  ["hostname !~ desk-?", true],
  ['model = "Tower \\"9\\""', true],
  ["serial = SN%1", true],
  ["serial ~ S%*", false],
  ["release = 16", true],
  ["release = 16.1", true],
  ["release = 16.10", false],
  ["release > 16", false],
  ["release >= 16", true],
  ["release < 16.2", true],
  ["release in (11.8, 16)", true],
  ["address in 10.0.0.0/8", true],
  ["address in 10.1.3.0/24", false],
  ["bios = x", false],
  ["not bios = x", true],
  ["bios is unknown", true],
  ["inventoried < now", false],
  ["inventoried is known", false],
  ["lastSeen > now-1d", true],
  ["lastSeen > now-11h", false],
  ["certificateExpires < now+30d", true],
  ["firstSeen >= 2026-11-01", true],
  ["firstSeen < 2026-11-01T00:00Z", false],
  ["reachable = yes", true],
  ["reachable = no", false],
  ["tag = kiosk", true],
  ["tag = kiosk and tag = berlin", true],
  ["tag in (paris, berlin)", true],
  ["tag ~ ber*", true],
  ["tag is known", true],
  ["not (tag = kiosk or tag = berlin)", false],
  // `and` binds closer than `or`.
  ["state = failed and reachable = no or power = off", true],
  ["state = failed and (reachable = no or power = off)", false],
  ["not state = failed and power = off", true],
  ["not not power = off", true],
];

for (const [text, expected] of answers) {
  test(`the filter ${text === "" ? "of nothing" : text} ${expected ? "holds" : "does not hold"}`, () => {
    assert.equal(holds(parseFilter(text), device, now), expected);
  });
}

const refusals: readonly (readonly [filter: string, code: string, words: RegExp])[] = [
  ["state =", "filter.syntax", /the filter ends, where a value of state could stand/],
  ["state = provisioned and", "filter.syntax", /the filter ends/],
  ["(power = off", "filter.syntax", /and, or, \) could stand/],
  ["power = off)", "filter.syntax", /there is "\)"/],
  ["desk is", "filter.field", /"desk" is no field/],
  ["power = off in", "filter.syntax", /there is "in", where and, or could stand/],
  ['"open', "filter.syntax", /quotation mark at character 1/],
  ['"a\\n"', "filter.syntax", /quotation mark/],
  ["a\u0000b", "filter.syntax", /no text/],
  ["\ud83d", "filter.syntax", /no text/],
  ["state ! failed", "filter.syntax", /Character 7/],
  ["colour = red", "filter.field", /"colour" is no field/],
  ["constructor = red", "filter.field", /no field/],
  ["state = happy", "filter.value", /factory/],
  ["state ~ fa*", "filter.value", /cannot be compared by ~/],
  ["release = latest", "filter.value", /16\.1/],
  ["release ~ 16*", "filter.value", /cannot be compared/],
  ["lastSeen = now", "filter.value", /cannot be compared/],
  ["lastSeen < yesterday", "filter.value", /now-7d/],
  ["lastSeen < 2026-02-30", "filter.value", /now-7d/],
  ["lastSeen < now-999999999w", "filter.value", /now-7d/],
  ["reachable = maybe", "filter.value", /yes, no/],
  ["address in 10.0.0.0/33", "filter.value", /10\.0\.0\.0\/8/],
  ["address in 10.0.0/8", "filter.value", /10\.0\.0\.0\/8/],
  ["bios is strange", "filter.syntax", /known, unknown/],
  [`hostName = ${"x".repeat(10_000)}`, "filter.too-large", /10011 characters; 4000 are allowed/],
  [`${"(".repeat(30)}a${")".repeat(30)}`, "filter.too-large", /20 deep/],
  [`${"not ".repeat(900)}a`, "filter.too-large", /20 deep/],
  [Array.from({ length: 201 }, () => "a").join(" or "), "filter.too-large", /200 conditions/],
];

for (const [text, code, words] of refusals) {
  test(`the filter ${JSON.stringify(text.slice(0, 40))} is refused: ${code}`, () => {
    assert.throws(
      () => parseFilter(text),
      (error: unknown) => error instanceof VigilError && error.code === code && words.test(error.message),
    );
  });
}

/** Text of all kinds, that which means something in a filter among it. */
const word = fc
  .oneof(
    fc.constantFrom(
      "and",
      "or",
      "not",
      "in",
      "is",
      "state",
      "(",
      '"',
      "\\",
      " ",
      "';drop table devices;--",
      "*",
      "?",
      "é",
    ),
    fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }),
  )
  .filter((text) => text.isWellFormed() && !text.includes("\u0000"));

const expression = fc.letrec<{ whole: Expression }>((tie) => ({
  whole: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    word.map((text): Expression => ({ kind: "search", text })),
    fc
      .array(word, { minLength: 1, maxLength: 3 })
      .map((values): Expression => ({ kind: "oneOf", field: "hostName", values })),
    word.map((pattern): Expression => ({ kind: "like", field: "tag", pattern })),
    fc.constant<Expression>({ kind: "known", field: "bios" }),
    fc.boolean().map((is): Expression => ({ kind: "flag", field: "reachable", is })),
    fc.integer({ min: -315_360_000, max: 315_360_000 }).map((fromNowSeconds): Expression => ({
      kind: "moment",
      field: "lastSeen",
      order: "<",
      when: { fromNowSeconds },
    })),
    fc
      .array(fc.nat(999_999_999), { minLength: 1, maxLength: 4 })
      .map((parts): Expression => ({ kind: "release", field: "release", order: ">=", parts })),
    tie("whole").map((of): Expression => ({ kind: "not", of })),
    fc
      .tuple(fc.constantFrom("and", "or"), fc.array(tie("whole"), { minLength: 2, maxLength: 3 }))
      .map(([kind, of]): Expression => ({ kind, of })),
  ),
})).whole;

test("a filter that was written is read as the same", () => {
  fc.assert(
    fc.property(expression, (filter) => {
      const text = printFilter(filter);
      fc.pre(text.length <= 4_000);
      assert.deepEqual(parseFilter(text), filter);
    }),
    { numRuns: 2_000 },
  );
});

test("whatever is typed is read or refused with a code, and can be completed anywhere", () => {
  const typed = fc.array(
    fc.oneof(word, fc.constantFrom("state", "=", "~", "<=", "(", ")", ",", " ", "now-1d", "release")),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(typed, (pieces) => {
      const text = pieces.join(" ");
      for (let at = 0; at <= text.length; at += 3) assert.ok(complete(text, at).words.length <= 40);
      try {
        parseFilter(text);
      } catch (error) {
        assert.ok(error instanceof VigilError && error.code.startsWith("filter."));
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a pattern of two thousand stars is decided: no star is gone through again for another", () => {
  assert.equal(isLike("a".repeat(4_000), `${"*a".repeat(1_900)}*b`), false);
  assert.equal(isLike("a".repeat(4_000), "*a".repeat(1_900)), true);
});

const completions: readonly (readonly [text: string, some: readonly string[], from: number])[] = [
  ["", ["hostName", "not", "("], 0],
  ["sta", ["state"], 0],
  ["state ", ["=", "!=", "in", "is known"], 6],
  ["state = ", ["factory", "provisioned", "failed"], 8],
  ["state = prov", ["provisioning", "provisioned"], 8],
  ["state = failed ", ["and", "or"], 15],
  ["state = failed an", ["and"], 15],
  ["state in (", ["failed"], 10],
  ["state in (failed, pro", ["provisioned"], 18],
  ["lastSeen < ", ["now-7d"], 11],
  ["reachable = ", ["yes", "no"], 12],
  ["(power = off ", ["and", "or", ")"], 13],
  ["bios is ", ["known", "unknown"], 8],
];

for (const [text, some, from] of completions) {
  test(`after ${JSON.stringify(text)} could come ${some.join(", ")}`, () => {
    const found = complete(text);
    for (const one of some) assert.ok(found.words.includes(one), `${one} in ${found.words.join(", ")}`);
    assert.deepEqual([found.from, found.to], [from, text.length]);
  });
}

test("what is wrong already is not completed", () => {
  assert.deepEqual(complete("colour = red and ").words, []);
  assert.deepEqual(complete('"open').words, []);
});

test("an explanation says of each part what the device has there", () => {
  const parts = explain(parseFilter("release >= 17 and not (tag = kiosk or reachable = no)"), device, now);
  assert.deepEqual(
    parts.map(({ depth, text, holds: is, found }) => [depth, text, is, found]),
    [
      [0, 'release >= 17 and not (tag = "kiosk" or reachable = no)', false, undefined],
      [1, "release >= 17", false, "16.1.25"],
      [1, 'not (tag = "kiosk" or reachable = no)', false, undefined],
      [2, 'tag = "kiosk" or reachable = no', true, undefined],
      [3, 'tag = "kiosk"', true, "Kiosk, berlin"],
      [3, "reachable = no", false, "yes"],
    ],
  );
});
