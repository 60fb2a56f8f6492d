import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelClass, ModelMember, ModelMethod } from "@vigil/api/resources/explorer.ts";
import { gateOf, hindrance, inputOf, problemOf, selectorsOfInstance } from "./request.ts";
import { explorerSearch } from "./search.ts";

const freeze: ModelMethod = {
  name: "FreezeLog",
  input: [{ name: "Freeze", type: "boolean" }],
  output: [],
  effect: "change",
};
const log: ModelClass = {
  name: "AMT_MessageLog",
  parents: [],
  properties: [
    { name: "Kind", type: "enum", isKey: true, values: [["system", 7]] },
    { name: "Name", type: "string", isKey: true },
    { name: "Of", type: "reference", isKey: true, of: "CIM_System" },
    { name: "Size", type: "uint32" },
  ],
  methods: [freeze],
};
const asked = { isProvisioned: true, mayInvoke: true, lacking: [], release: "12.0.35", definition: log } as const;

test("each type says what it takes", () => {
  const member = (type: string, more: Partial<ModelMember> = {}): ModelMember => ({ name: "A", type, ...more });
  const good: readonly (readonly [ModelMember, string])[] = [
    [member("uint8"), "255"],
    [member("int64"), "-9223372036854775808"],
    [member("boolean"), "true"],
    [member("base64"), "AAAA\nBBB="],
    [member("hexBinary"), "0aFF"],
    [member("datetime"), "2026-01-31T12:00:00Z"],
    [member("datetime"), "PT5M"],
    [member("enum", { values: [["on", 2]] }), "on"],
    [member("enum", { values: [["on", 2]] }), "32768"],
    [member("reference"), "CIM_ComputerSystem?Name=ManagedSystem"],
    [member("real64"), "1e3"],
    [member("string"), "<&>"],
  ];
  for (const [one, text] of good) assert.equal(problemOf(one, [text]), undefined, `${one.type} ${text}`);
  const bad: readonly (readonly [ModelMember, string])[] = [
    [member("uint8"), "256"],
    [member("uint32"), "1.5"],
    [member("boolean"), "yes"],
    [member("base64"), "AAA"],
    [member("hexBinary"), "0"],
    [member("datetime"), "tomorrow"],
    [member("datetime"), "P"],
    [member("enum", { values: [["on", 2]] }), "off"],
    [member("reference"), "ManagedSystem"],
    [member("real64"), "many"],
  ];
  for (const [one, text] of bad) assert.notEqual(problemOf(one, [text]), undefined, `${one.type} ${text}`);
});

test("what is needed must be there, what is optional need not, and an instance cannot be written", () => {
  assert.equal(problemOf({ name: "A", type: "string" }, undefined), "Needed");
  assert.equal(problemOf({ name: "A", type: "string", isOptional: true }, [""]), undefined);
  assert.equal(problemOf({ name: "A", type: "string", isList: true }, []), undefined);
  assert.match(problemOf({ name: "A", type: "instance", of: "CIM_A" }, undefined) ?? "", /instance of CIM_A/);
});

test("arguments that were left empty are not sent", () => {
  const method = { ...freeze, input: [...freeze.input, { name: "Note", type: "string", isOptional: true as const }] };
  assert.deepEqual(inputOf(method, { Freeze: ["true"], Note: [""], Other: ["x"] }), { Freeze: ["true"] });
});

test("the keys of an instance that was shown name it, as they go on the wire", () => {
  const of = { address: "a", resourceUri: "http://x/CIM_System", selectors: { Name: "b" } };
  assert.deepEqual(selectorsOfInstance(log, { Kind: "system", Name: "Log", Of: of, Size: 3 }), {
    Kind: "7",
    Name: "Log",
    Of: "CIM_System?Name=b",
  });
});

test("what hinders is said in order: state, release, right, method, argument", () => {
  const call = { ...asked, verb: "invoke", method: freeze, draft: { Freeze: ["true"] } } as const;
  assert.equal(hindrance(call), undefined);
  assert.match(hindrance({ ...call, draft: {} }) ?? "", /^Freeze: Needed/);
  assert.match(hindrance({ ...call, method: undefined }) ?? "", /Choose a method/);
  assert.match(hindrance({ ...call, mayInvoke: false }) ?? "", /device\.invoke/);
  assert.equal(hindrance({ ...call, mayInvoke: false, verb: "get" }), undefined);
  assert.match(hindrance({ ...call, lacking: ["AMT_MessageLog"] }) ?? "", /not in release 12\.0/);
  assert.match(hindrance({ ...call, isProvisioned: false }) ?? "", /provisioned/);
});

test("a class that the release lacks says which releases have it", () => {
  const battery = { name: "CIM_Battery", since: "15.0" };
  assert.equal(gateOf(battery, ["CIM_Battery"], "12.0.35"), "not in release 12.0: since 15.0");
  assert.equal(gateOf(battery, [], "16.1.25"), undefined);
  assert.equal(gateOf(battery, ["CIM_Battery"], null), undefined);
});

test("an address is read as far as it makes sense", () => {
  const given = { class: "A", verb: "get", selectors: { Handle: 3, Deep: {} }, view: "raw", input: { Password: "x" } };
  assert.deepEqual(explorerSearch(given), { class: "A", verb: "get", selectors: { Handle: "3" }, view: "raw" });
  assert.deepEqual(explorerSearch({ class: 1, verb: "put", selectors: "x", view: "x" }), {});
});
