import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { ns } from "@vigil/wire/wsman/actions.ts";
import { decodeResponse, encodeResponse } from "@vigil/wire/wsman/envelope.ts";
import { parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { AMT_AlarmClockService } from "./amt/AMT_AlarmClockService.ts";
import { AMT_GeneralSettings } from "./amt/AMT_GeneralSettings.ts";
import { allClasses, classByName } from "./classes.ts";
import { decodeInput, decodeInstance, decodeOutput, encodeInput, encodeInstance, encodeOutput } from "./instances.ts";
import { anyInstance, anyText, anyValues } from "./testing/any-instance.ts";

/** Through the wire's text and back, as a device sends it. */
function sent(body: XmlElement): XmlElement {
  const answer = { action: "", body };
  const again = decodeResponse(parseXml(encodeResponse(answer, [body.ns, ...inner(body)]))).body;
  assert.ok(again !== undefined);
  return again;
}

function inner(body: XmlElement): string[] {
  const all = new Set<string>([ns.cimCommon]);
  const visit = (one: XmlElement): void => {
    if (!declared.has(one.ns) && one.ns !== body.ns) all.add(one.ns);
    for (const each of one.children) visit(each);
  };
  visit(body);
  return [...all];
}

const declared = new Set<string>([ns.soap, ns.wsa, ns.wsman]);

test("the model has at least 110 classes, each once, with its ancestors", () => {
  assert.ok(allClasses.length >= 110, `${allClasses.length}`);
  assert.equal(new Set(allClasses.map((one) => one.uri)).size, allClasses.length);
  for (const one of allClasses)
    for (const name of one.parents) assert.ok(classByName(name), `${one.name} is a ${name}`);
});

for (const definition of allClasses) {
  test(`${definition.name}: any instance survives encoding and decoding`, () => {
    const property = fc.property(anyInstance(definition), (value) => {
      assert.deepEqual(decodeInstance(definition, sent(encodeInstance(definition, value))), { value, unknown: [] });
    });
    fc.assert(property, { numRuns: 15 });
  });

  for (const [name, { input, output }] of Object.entries(definition.methods)) {
    if (classByName(definition.parents[0] ?? "")?.methods[name] === definition.methods[name]) continue;
    test(`${definition.name}.${name}: any arguments and results survive`, () => {
      const property = fc.property(anyValues(input, false), anyValues(output, false), (given, got) => {
        const asked = sent(encodeInput(definition, name, given));
        assert.deepEqual(decodeInput(definition, name, asked), { value: given, unknown: [] });
        const results = { ...got, ReturnValue: 0 };
        const answered = sent(encodeOutput(definition, name, results));
        assert.deepEqual(decodeOutput(definition, name, answered), { value: results, unknown: [] });
      });
      fc.assert(property, { numRuns: 8 });
    });
  }
}

test("text of any kind survives, and characters that XML forbids are refused with their code", () => {
  const key = { InstanceID: "Intel(r) AMT: General Settings" };
  const survives = fc.property(anyText, (HostName) => {
    const { value } = decodeInstance(
      AMT_GeneralSettings,
      sent(encodeInstance(AMT_GeneralSettings, { ...key, HostName })),
    );
    assert.equal(value.HostName, HostName);
  });
  fc.assert(survives, { numRuns: 300 });
  const forbidden = fc.integer({ min: 0, max: 0x1f }).filter((code) => ![9, 10, 13].includes(code));
  const isRefused = fc.property(forbidden, (code) => {
    const HostName = `a${String.fromCharCode(code)}b`;
    assert.throws(
      () => sent(encodeInstance(AMT_GeneralSettings, { ...key, HostName })),
      (error) => error instanceof VigilError && error.code === "wire.xml.character" && error.details["code"] === code,
    );
  });
  fc.assert(isRefused, { numRuns: 100 });
});

test("an embedded instance's members are in its own namespace", () => {
  const input = {
    AlarmTemplate: {
      InstanceID: "Alarm 1",
      StartTime: { datetime: "2026-11-24T06:00:00Z" },
      Interval: { interval: "P1D" },
      DeleteOnCompletion: true,
    },
  } as const;
  const body = encodeInput(AMT_AlarmClockService, "AddAlarm", input);
  const members = body.children[0]?.children ?? [];
  assert.deepEqual(
    members.map((one) => one.name),
    ["DeleteOnCompletion", "InstanceID", "Interval", "StartTime"],
  );
  assert.ok(members.every((one) => one.ns.endsWith("/IPS_AlarmClockOccurrence")));
});

test("a class inherits its parents' members, and says anew what differs", () => {
  const watched = classByName("AMT_RedirectionService");
  assert.deepEqual(watched?.parents, [
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ]);
  assert.equal(watched?.properties["SystemName"]?.traits.key, true);
  assert.match(watched?.properties["EnabledState"]?.codec.kind ?? "", /32771 iderAndSol/);
  assert.match(classByName("CIM_Service")?.properties["EnabledState"]?.codec.kind ?? "", /6 enabledButOffline/);
});

test("a class declares the namespace of times exactly when its schema has one", () => {
  // Measured on recorded answers. @source protocols A.10
  for (const [name, hasDatetime] of [
    ["AMT_AlarmClockService", true],
    ["IPS_SecIOService", true],
    ["AMT_AuthorizationService", true],
    ["AMT_GeneralSettings", false],
    ["AMT_TLSSettingData", false],
    ["CIM_SoftwareIdentity", true],
  ] as const)
    assert.equal(classByName(name)?.hasDatetime, hasDatetime, name);
});
