import assert from "node:assert/strict";
import { test } from "node:test";
import { describedClasses, lackingIn } from "./described.ts";
import { warnedMethods } from "./method-effects.ts";

const classes = new Map(describedClasses().map((one) => [one.name, one]));

test("a class is described with its keys, types, value maps and methods", () => {
  const { properties, methods, parents } = classes.get("CIM_PowerManagementService") ?? assert.fail();
  assert.ok(parents.includes("CIM_Service"));
  const keys = properties.filter(({ isKey }) => isKey === true).map(({ name }) => name);
  assert.deepEqual(keys, ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"]);
  const change = methods.find(({ name }) => name === "RequestPowerStateChange") ?? assert.fail();
  assert.equal(change.effect, "change");
  assert.match(change.warning ?? "", /power/);
  const [state, element] = change.input;
  assert.equal(state?.type, "enum");
  assert.deepEqual(state?.values?.[0], ["on", 2]);
  assert.deepEqual([element?.type, element?.of], ["reference", "CIM_ManagedElement"]);
});

test("secrets, lists and lifetimes are said, and nothing that is not so", () => {
  const wireless = classes.get("CIM_WiFiEndpointSettings") ?? assert.fail();
  const keys = wireless.properties.find(({ name }) => name === "Keys");
  assert.deepEqual(keys, { name: "Keys", type: "hexBinary", isList: true, isSecret: true });
  assert.equal(classes.get("CIM_Battery")?.since, "15.0");
});

test("every type that a form has to know is one of a few", () => {
  const members = [...classes.values()].flatMap(({ properties, methods }) => [
    ...properties,
    ...methods.flatMap(({ input, output }) => [...input, ...output]),
  ]);
  const numbers = ["uint8", "uint16", "uint32", "uint64", "int16", "int32", "int64", "real64"];
  const types = ["base64", "boolean", "datetime", "enum", "hexBinary", "instance", ...numbers, "reference", "string"];
  assert.deepEqual([...new Set(members.map(({ type }) => type))].sort(), types.sort());
  for (const { name, type, values, of } of members) {
    assert.equal(type === "enum", values !== undefined, name);
    assert.equal(type === "reference" || type === "instance", of !== undefined, name);
    assert.ok(
      (values ?? []).every(([word, value]) => word !== "" && Number.isInteger(value)),
      name,
    );
    assert.ok(of === undefined || /^(AMT|CIM|IPS)_\w+$/.test(of), name);
  }
});

test("what a release lacks is told by name: whole classes, and properties of those that it has", () => {
  const old = lackingIn("12.0.35");
  assert.ok(old.includes("CIM_Battery"));
  assert.ok(old.includes("AMT_BootSettingData.PlatformErase"));
  assert.ok(!old.some((name) => name.startsWith("CIM_Battery.")));
  const recent = lackingIn("18.0.5");
  assert.ok(recent.includes("AMT_EventManagerService"));
  assert.ok(!recent.includes("CIM_Battery"));
});

test("a warning names a method of the model that changes something", () => {
  const methods = [...classes.values()].flatMap((one) => one.methods);
  for (const name of warnedMethods()) {
    assert.ok(
      methods.some((one) => one.name === name && one.effect === "change"),
      name,
    );
  }
  const reading = new Set(methods.filter(({ effect }) => effect === "read").map(({ name }) => name));
  assert.ok(reading.has("GetRecords") && reading.has("EnumerateUserAclEntries"));
  assert.ok(![...reading].some((name) => /^(Set|Add|Remove|Delete|Request|Clear|Generate|Update)/.test(name)));
});
