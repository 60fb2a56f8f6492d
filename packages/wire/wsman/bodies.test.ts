import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { element, parseXml, writeXml, type XmlElement } from "../xml.ts";
import { anonymous, ns } from "./actions.ts";
import {
  decodeEnumerate,
  decodeEnumerateResponse,
  decodeIdentifyResponse,
  decodePull,
  decodePullResponse,
  decodeResourceCreated,
  encodeEnumerate,
  encodeEnumerateResponse,
  encodeIdentify,
  encodeIdentifyResponse,
  encodePull,
  encodePullResponse,
  encodeRelease,
  encodeResourceCreated,
} from "./bodies.ts";
import { filterDialects } from "./filter.ts";

const context = "14000000-0000-0000-0000-000000000000";

function written(body: XmlElement): string {
  const prefixes = [
    ["b", ns.wsa],
    ["c", ns.wsman],
    ["g", ns.wsen],
    ["h", "urn:class"],
    ["t", ns.wxf],
    ["w", ns.wsmid],
  ] as const;
  return writeXml(body, prefixes, { declaration: false }).replace(/ xmlns:.*?(?=>)/, "");
}

/** Through bytes and back. */
function sent(body: XmlElement): XmlElement {
  return parseXml(
    writeXml(body, [
      ["", body.ns],
      ["b", ns.wsa],
      ["c", ns.wsman],
      ["h", "urn:class"],
    ]),
  );
}

test("an enumeration is asked for and opened", () => {
  assert.equal(written(encodeEnumerate()), "<g:Enumerate></g:Enumerate>");
  assert.deepEqual(decodeEnumerate(sent(encodeEnumerate())), { mode: "object" });
  const answer = encodeEnumerateResponse(context);
  assert.equal(
    written(answer),
    `<g:EnumerateResponse><g:EnumerationContext>${context}</g:EnumerationContext></g:EnumerateResponse>`,
  );
  assert.equal(decodeEnumerateResponse(sent(answer)), context);
});

const object = {
  address: anonymous,
  resourceUri: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem",
  selectors: { Name: "ManagedSystem" },
};

test("references, both, and filters of three kinds are asked for, and read as they were written", () => {
  for (const asked of [
    { mode: "reference" },
    { mode: "both" },
    { mode: "object", filter: { kind: "selectors", selectors: { Name: "a", Handle: object } } },
    { mode: "object", filter: { kind: "associated", object, association: "CIM_HostedService", result: "CIM_Service" } },
    { mode: "reference", filter: { kind: "associated", object } },
    { mode: "object", filter: { kind: "associations", object, result: "CIM_HostedService" } },
    { mode: "object", filter: { kind: "foreign", dialect: "urn:wql" } },
  ] as const)
    assert.deepEqual(decodeEnumerate(filtered(encodeEnumerate(asked))), asked);
});

test("an association filter without an object is malformed", () => {
  const query = element(ns.cimBinding, "AssociatedInstances", [
    element(ns.cimBinding, "ResultClassName", "CIM_Service"),
  ]);
  const dialect = [{ ns: "", name: "Dialect", value: filterDialects.associations }];
  const body = element(ns.wsen, "Enumerate", [element(ns.wsman, "Filter", [query], dialect)]);
  assert.throws(() => decodeEnumerate(body), { code: "wire.wsman.envelope" });
});

function filtered(body: XmlElement): XmlElement {
  return parseXml(
    writeXml(body, [
      ["", ns.wsen],
      ["b", ns.wsa],
      ["c", ns.wsman],
      ["f", ns.cimBinding],
    ]),
  );
}

test("a pull goes there and back", () => {
  const pull = { context, maxElements: 999, maxCharacters: 99_999 };
  assert.equal(
    written(encodePull(pull)),
    `<g:Pull><g:EnumerationContext>${context}</g:EnumerationContext><g:MaxElements>999</g:MaxElements><g:MaxCharacters>99999</g:MaxCharacters></g:Pull>`,
  );
  assert.deepEqual(decodePull(sent(encodePull(pull))), pull);
  assert.deepEqual(decodePull(sent(encodePull({ context }))), { context });
});

test("limits of a pull that are no limits are as if they were not there", () => {
  for (const count of ["0", "-1", "1.5", "x", "", "9007199254740993"]) {
    const pull = element(ns.wsen, "Pull", [element(ns.wsen, "MaxElements", count)]);
    assert.deepEqual(decodePull(pull), { context: "" }, count);
  }
});

test("the last answer to a pull ends the sequence, any other names where to go on", () => {
  const items = [element("urn:class", "X"), element("urn:class", "X", "1")];
  const last = encodePullResponse({ items, isEnd: true });
  assert.equal(
    written(last),
    "<g:PullResponse><g:Items><h:X></h:X><h:X>1</h:X></g:Items><g:EndOfSequence></g:EndOfSequence></g:PullResponse>",
  );
  assert.deepEqual(decodePullResponse(sent(last)), { items, isEnd: true });
  const more = encodePullResponse({ items, context, isEnd: false });
  assert.equal(
    written(more),
    `<g:PullResponse><g:EnumerationContext>${context}</g:EnumerationContext><g:Items><h:X></h:X><h:X>1</h:X></g:Items></g:PullResponse>`,
  );
  assert.deepEqual(decodePullResponse(sent(more)), { items, context, isEnd: false });
  assert.deepEqual(decodePullResponse(sent(encodePullResponse({ items: [], isEnd: true }))), {
    items: [],
    isEnd: true,
  });
});

test("a release names what it releases", () => {
  assert.equal(
    written(encodeRelease(context)),
    `<g:Release><g:EnumerationContext>${context}</g:EnumerationContext></g:Release>`,
  );
});

test("a create is answered with the place of the new instance", () => {
  const created = { address: anonymous, resourceUri: "urn:class", selectors: { InstanceID: "Handle: 1" } };
  const body = encodeResourceCreated(created);
  assert.equal(
    written(body),
    `<t:ResourceCreated><b:Address>${anonymous}</b:Address><b:ReferenceParameters><c:ResourceURI>urn:class</c:ResourceURI>` +
      `<c:SelectorSet><c:Selector Name="InstanceID">Handle: 1</c:Selector></c:SelectorSet></b:ReferenceParameters></t:ResourceCreated>`,
  );
  assert.deepEqual(decodeResourceCreated(sent(body)), created);
});

test("identify goes there and back", () => {
  assert.equal(written(encodeIdentify()), "<w:Identify></w:Identify>");
  const identity = {
    protocolVersion: ns.wsman,
    productVendor: "Intel(r)",
    productVersion: "AMT 16.1",
    securityProfiles: ["http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/digest"],
  };
  assert.deepEqual(decodeIdentifyResponse(sent(encodeIdentifyResponse(identity))), identity);
});

test("another answer than the one that was asked for is refused", () => {
  const other = element("urn:class", "X");
  for (const decode of [decodeEnumerateResponse, decodePullResponse, decodeResourceCreated, decodeIdentifyResponse]) {
    for (const body of [undefined, other]) {
      assert.throws(
        () => decode(body),
        (error) => error instanceof VigilError && error.code === "wire.wsman.envelope",
        decode.name,
      );
    }
  }
});
