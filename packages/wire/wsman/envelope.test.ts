import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { element, parseXml } from "../xml.ts";
import { actions, anonymous, ns } from "./actions.ts";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse, type RequestMessage } from "./envelope.ts";

const goldens = join(import.meta.dirname, "../goldens");
const generalSettings = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings";

const getRequest: RequestMessage = {
  action: actions.get,
  to: "/wsman",
  resourceUri: generalSettings,
  messageId: "1",
  replyTo: anonymous,
  operationTimeoutMs: 60_000,
  maxEnvelopeSize: 51_200,
  selectors: { InstanceID: "Intel(r) AMT: General Settings" },
  hasOptions: false,
  mustUnderstand: [],
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error.code;
  }
  return "none";
}

test("the golden request is written, and read back the same", () => {
  const golden = readFileSync(join(goldens, "wsman/get-request.xml"), "utf8");
  assert.equal(encodeRequest(getRequest), golden);
  assert.deepEqual(decodeRequest(parseXml(golden)), getRequest);
});

test("a request with a body declares the body's namespaces on its root", () => {
  const uri = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_BootConfigSetting";
  const body = element(uri, "ChangeBootOrder_INPUT", [element(uri, "Source", [element("urn:other", "X", "1")])]);
  const { selectors: _none, ...rest } = getRequest;
  const xml = encodeRequest({ ...rest, action: `${uri}/ChangeBootOrder`, resourceUri: uri, selectors: {}, body });
  assert.ok(xml.includes(`xmlns:r="${uri}" xmlns:r1="urn:other"><Header>`));
  assert.ok(
    xml.includes("<Body><r:ChangeBootOrder_INPUT><r:Source><r1:X>1</r1:X></r:Source></r:ChangeBootOrder_INPUT></Body>"),
  );
  assert.doesNotMatch(xml, /SelectorSet/);
  assert.deepEqual(decodeRequest(parseXml(xml)).body, body);
});

// The same question in the words of other managers: prefixes, order and optional parts differ. @source docs/protocol/wsman.md
const otherManagers = {
  "default namespaces declared on each element": `<Envelope xmlns="${ns.soap}"><Header>
    <MessageID xmlns="${ns.wsa}">uuid:1</MessageID><Action xmlns="${ns.wsa}"> ${actions.get} </Action>
    <ResourceURI xmlns="${ns.wsman}">${generalSettings}</ResourceURI></Header><Body/></Envelope>`,
  "prefixes of its own, an absolute address and a locale": `<s:Envelope xmlns:s="${ns.soap}" xmlns:x="${ns.wsa}" xmlns:y="${ns.wsman}"><s:Header>
    <x:Action s:mustUnderstand="true">${actions.get}</x:Action><x:To s:mustUnderstand="1">http://host:16992/wsman</x:To>
    <y:ResourceURI>${generalSettings}</y:ResourceURI><y:Locale xml:lang="en" s:mustUnderstand="false"/>
    <x:MessageID>uuid:1</x:MessageID></s:Header><s:Body></s:Body></s:Envelope>`,
} as const;

for (const [name, xml] of Object.entries(otherManagers)) {
  test(`a request is read: ${name}`, () => {
    const request = decodeRequest(parseXml(xml));
    assert.equal(request.action, actions.get);
    assert.equal(request.resourceUri, generalSettings);
    assert.equal(request.messageId, "uuid:1");
    assert.equal(request.body, undefined);
    assert.deepEqual(request.selectors, {});
    assert.deepEqual(request.mustUnderstand, xml.includes("s:Header") ? ["Action", "To"] : []);
  });
}

test("identify has neither header nor action", () => {
  const xml = `<s:Envelope xmlns:s="${ns.soap}" xmlns:i="${ns.wsmid}"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>`;
  const request = decodeRequest(parseXml(xml));
  assert.equal(request.action, "");
  assert.equal(request.resourceUri, undefined);
  assert.equal(request.body?.name, "Identify");
  assert.equal(decodeRequest(parseXml(xml.replace("<s:Header/>", ""))).body?.name, "Identify");
});

test("options are noticed, wrong sizes and times are as if they were not there", () => {
  const header = `<w:OptionSet><w:Option Name="x">1</w:Option></w:OptionSet>
    <w:MaxEnvelopeSize>many</w:MaxEnvelopeSize><w:OperationTimeout>soon</w:OperationTimeout>`;
  const request = decodeRequest(
    parseXml(`<Envelope xmlns="${ns.soap}" xmlns:w="${ns.wsman}"><Header>${header}</Header><Body></Body></Envelope>`),
  );
  assert.equal(request.hasOptions, true);
  assert.equal(request.maxEnvelopeSize, undefined);
  assert.equal(request.operationTimeoutMs, undefined);
});

test("an answer is written in firmware's order, with its letters", () => {
  const body = element(generalSettings, "AMT_GeneralSettings", [element(generalSettings, "HostName")]);
  const xml = encodeResponse(
    {
      relatesTo: "1",
      action: actions.getResponse,
      messageId: "uuid:00000000-8086-8086-8086-0000000002E4",
      resourceUri: generalSettings,
      body,
    },
    [generalSettings, ns.cimCommon],
  );
  const prefixes = [...xml.matchAll(/ xmlns:(\w+)=/g)].map((match) => match[1]);
  assert.deepEqual(prefixes, ["a", "b", "c", "d", "e", "f", "g", "h", "xsi"]);
  assert.ok(
    xml.endsWith(
      `<a:Header><b:To>${anonymous}</b:To><b:RelatesTo>1</b:RelatesTo><b:Action a:mustUnderstand="true">${actions.getResponse}</b:Action>` +
        `<b:MessageID>uuid:00000000-8086-8086-8086-0000000002E4</b:MessageID><c:ResourceURI>${generalSettings}</c:ResourceURI></a:Header>` +
        `<a:Body><g:AMT_GeneralSettings><g:HostName></g:HostName></g:AMT_GeneralSettings></a:Body></a:Envelope>`,
    ),
  );
});

test("an empty body is an answer without one", () => {
  const xml = encodeResponse({ action: actions.deleteResponse }, []);
  assert.ok(xml.endsWith("<a:Body></a:Body></a:Envelope>"));
  assert.equal(decodeResponse(parseXml(xml)).body, undefined);
});

test("what is no envelope is refused", () => {
  for (const xml of [
    "<html><body/></html>",
    `<Envelope xmlns="${ns.soap}"/>`,
    `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>`,
    `<Body xmlns="${ns.soap}"/>`,
  ]) {
    assert.equal(
      codeOf(() => decodeResponse(parseXml(xml))),
      "wire.wsman.envelope",
      xml,
    );
    assert.equal(
      codeOf(() => decodeRequest(parseXml(xml))),
      "wire.wsman.envelope",
      xml,
    );
  }
});

test("a damaged answer or request is read or refused with a code, never anything else", () => {
  const files = ["amt-12-answers/amt/general/get.xml", "wsman/get-request.xml", "wsman/already-exists.xml"];
  for (const file of files) {
    const golden = readFileSync(join(goldens, file));
    // Printable characters and tags, so that most of the damage gets past the XML reader.
    const change = fc.tuple(fc.nat(golden.length - 1), fc.oneof(fc.integer({ min: 32, max: 126 }), fc.constant(60)));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(golden);
        for (const [at, value] of changes) bytes[at] = value;
        assert.match(
          codeOf(() => decodeResponse(parseXml(bytes))),
          /^(none|wire\.(xml|wsman)\.[\w-]+|wsman\.fault\.\w+)$/,
        );
        assert.match(
          codeOf(() => decodeRequest(parseXml(bytes))),
          /^(none|wire\.(xml|wsman)\.[\w-]+)$/,
        );
      }),
      { seed: 2, numRuns: 500 },
    );
  }
});

test("a message that is cut anywhere is refused, and so is one without its body", () => {
  const golden = readFileSync(join(goldens, "wsman/get-request.xml"));
  for (let length = 0; length < golden.length; length += 1) {
    assert.equal(
      codeOf(() => decodeRequest(parseXml(golden.subarray(0, length)))),
      "wire.xml.malformed",
      `${length} bytes`,
    );
  }
  const root = parseXml(golden);
  for (const decode of [decodeRequest, decodeResponse]) {
    assert.equal(
      codeOf(() => decode({ ...root, children: root.children.slice(0, 1) })),
      "wire.wsman.envelope",
    );
  }
});
