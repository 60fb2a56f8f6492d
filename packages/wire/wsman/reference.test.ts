import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { element, parseXml, writeXml } from "../xml.ts";
import { anonymous, ns } from "./actions.ts";
import {
  decodeReference,
  decodeSelectors,
  encodeReference,
  encodeSelectors,
  type EndpointReference,
} from "./reference.ts";

const system: EndpointReference = {
  address: anonymous,
  resourceUri: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem",
  selectors: { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" },
};

test("a reference to the managed system is written as managers write it", () => {
  const xml = writeXml(
    element("urn:r", "ManagedElement", encodeReference(system)),
    [
      ["r", "urn:r"],
      ["a", ns.wsa],
      ["w", ns.wsman],
    ],
    { declaration: false },
  );
  assert.equal(
    xml.slice(xml.indexOf(">") + 1),
    `<a:Address>${anonymous}</a:Address><a:ReferenceParameters><w:ResourceURI>${system.resourceUri}</w:ResourceURI>` +
      '<w:SelectorSet><w:Selector Name="CreationClassName">CIM_ComputerSystem</w:Selector>' +
      '<w:Selector Name="Name">ManagedSystem</w:Selector></w:SelectorSet></a:ReferenceParameters></r:ManagedElement>',
  );
  assert.deepEqual(decodeReference(parseXml(xml)), system);
});

test("a selector can be a reference itself", () => {
  const selectors = { Antecedent: system, Dependent: { ...system, selectors: {} }, Name: " x " };
  const set = encodeSelectors(selectors);
  assert.ok(set !== undefined);
  assert.deepEqual(decodeSelectors(set), selectors);
  assert.equal(encodeSelectors({}), undefined);
  assert.deepEqual(decodeSelectors(undefined), {});
});

test("references nested for their own sake are refused", () => {
  let deep = system;
  for (let level = 0; level < 10; level += 1) deep = { ...system, selectors: { Inner: deep } };
  assert.throws(
    () => decodeReference(element("urn:r", "X", encodeReference(deep))),
    (error) => error instanceof VigilError && error.code === "wire.wsman.envelope",
  );
});

test("a missing address is the anonymous one; missing parameters name nothing", () => {
  assert.deepEqual(decodeReference(element("urn:r", "X")), { address: anonymous, resourceUri: "", selectors: {} });
});

test("a selector needs a name, which may be any", () => {
  const set = (name: string) =>
    element(ns.wsman, "SelectorSet", [element(ns.wsman, "Selector", "1", [{ ns: "", name, value: "__proto__" }])]);
  assert.throws(() => decodeSelectors(set("Nam")), VigilError);
  const selectors = decodeSelectors(set("Name"));
  assert.deepEqual(Object.entries(selectors), [["__proto__", "1"]]);
  assert.equal(Object.getPrototypeOf(selectors), Object.prototype);
});
