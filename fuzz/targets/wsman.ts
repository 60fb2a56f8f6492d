import { VigilError } from "@vigil/base/errors.ts";
import { actions, anonymous, ns } from "@vigil/wire/wsman/actions.ts";
import * as bodies from "@vigil/wire/wsman/bodies.ts";
import { formatDuration, parseDuration } from "@vigil/wire/wsman/duration.ts";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from "@vigil/wire/wsman/envelope.ts";
import * as eventing from "@vigil/wire/wsman/eventing.ts";
import { decodeFault, encodeFault, faultOf, faults, type FaultName } from "@vigil/wire/wsman/fault.ts";
import { decodeFilter, encodeFilter, filterDialects, type EnumerationFilter } from "@vigil/wire/wsman/filter.ts";
import { decodeReference, encodeReference, type EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { child, element, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { goldens } from "../goldens.ts";
import { agree, codec, type FuzzTarget } from "../target.ts";
import { written, xmlRefusals, xmlWords } from "./xml.ts";

/** What envelopes are made of. */
export const wsmanWords = [
  ...xmlWords,
  ...Object.values(ns),
  ...Object.values(actions),
  ...Object.values(filterDialects),
  ...Object.values(eventing.eventingActions),
  ["Selector", "SelectorSet", ' Name="', ' mustUnderstand="true"', "<a:MessageID>1</a:MessageID>", "PT60S", "P0Y"],
].flat();
const refusals = [...xmlRefusals, "wire.wsman.envelope"];

export const request = codec({
  seeds: () => [...goldens("wsman/get-request.xml"), ...requestSeeds()],
  words: wsmanWords,
  refusals,
  quick: 300,
  read: (input) => {
    const {
      operationTimeoutMs,
      hasOptions: _options,
      mustUnderstand: _must,
      body,
      ...rest
    } = decodeRequest(parseXml(input));
    // Written in whole seconds; options and mustUnderstand are never written by us.
    const seconds =
      operationTimeoutMs === undefined ? {} : { operationTimeoutMs: Math.ceil(operationTimeoutMs / 1000) * 1000 };
    return {
      to: "/wsman",
      replyTo: anonymous,
      ...rest,
      ...seconds,
      ...(body === undefined ? {} : { body: bare(body) }),
    };
  },
  write: (value) => encodeRequest({ ...value, hasOptions: false, mustUnderstand: [] }),
});

export const response = codec({
  seeds: () => goldens("amt-12-answers/**/*.xml"),
  words: wsmanWords,
  refusals: [...refusals, "wsman.fault."],
  quick: 200,
  read: (input) => {
    const { body, ...rest } = decodeResponse(parseXml(input));
    return { ...rest, ...(body === undefined ? {} : { body: bare(body) }) };
  },
  write: (value) => encodeResponse(value, value.body === undefined ? [] : namespacesOf(value.body)),
});

/** A fault is read whatever is missing from it; one of ours comes back as it was. */
export const fault: FuzzTarget = {
  seeds: () => [...goldens("wsman/already-exists.xml"), ...faultSeeds()],
  words: [...wsmanWords, ...Object.keys(faults), "AMT-STATUS 36", "a:Receiver", "a:MustUnderstand"],
  refusals,
  quick: 300,
  open: () => ({
    run(input) {
      const read = (text: string | Uint8Array) => decodeFault(bodyOf(parseXml(text)));
      const { foreign: _foreign, ...first } = read(input);
      // Whatever the sender's own subcode was, it is written as one of the standard's or as none.
      agree("read again", read(encodeFault(first, { messageId: "1" })), first);
    },
  }),
};

export const event = codec({
  seeds: () => eventSeeds(),
  words: wsmanWords,
  refusals,
  quick: 300,
  read: (input) => {
    const message = eventing.decodeEvent(input);
    return { ...message, body: bare(message.body) };
  },
  write: (value) => eventing.encodeEvent(value),
});

/** Every body that a message may have, read and written and read again. */
export const body: FuzzTarget = {
  seeds: () => [
    ...bodySeeds().map((one) => Buffer.from(written(one))),
    ...goldens("amt-12-answers/**/pull.xml").slice(0, 20),
  ],
  words: wsmanWords,
  refusals,
  quick: 400,
  open: () => ({
    run(input) {
      const root = parseXml(input);
      const one = root.name === "Envelope" ? bodyOf(root) : root;
      for (const [name, again] of Object.entries(roundTrips)) tryIt(name, () => again(one));
    },
  }),
};

export const duration: FuzzTarget = {
  seeds: () => ["PT60S", "P0DT0H1M0S", "P1DT2H3M4.5S", "P7D", "P1Y2M", "PT"].map((one) => Buffer.from(one)),
  words: [..."PTDHMSY.-+", "PT", "P1D", "99999999999", "\t", " "],
  refusals: [],
  quick: 2_000,
  open: () => ({
    run(input) {
      const ms = parseDuration(Buffer.from(input).toString("latin1"));
      if (ms === undefined) return;
      const seconds = Math.ceil(ms / 1000) * 1000;
      agree("read again", parseDuration(formatDuration(ms)), seconds);
    },
  }),
};

const roundTrips: Readonly<Record<string, (from: XmlElement) => void>> = {
  enumerate: (from) => twice(bodies.decodeEnumerate, from, (value) => bodies.encodeEnumerate(value)),
  enumerateResponse: (from) => twice(bodies.decodeEnumerateResponse, from, bodies.encodeEnumerateResponse),
  pull: (from) => twice(bodies.decodePull, from, bodies.encodePull),
  pullResponse: (from) => {
    const { items, ...rest } = bodies.decodePullResponse(from);
    const again = bodies.decodePullResponse(parsed(bodies.encodePullResponse({ items: items.map(bare), ...rest })));
    agree("pull response", again, { items: items.map(bare), ...rest });
  },
  created: (from) => twice(bodies.decodeResourceCreated, from, bodies.encodeResourceCreated),
  identify: (from) => twice(bodies.decodeIdentifyResponse, from, bodies.encodeIdentifyResponse),
  reference: (from) => twice(decodeReference, from, (value) => element(from.ns, "Reference", encodeReference(value))),
  filter: (from) => twice(decodeFilter, from, encodeFilter),
  subscribe: (from) => {
    const asked = eventing.decodeSubscribe(from);
    if (asked !== undefined)
      agree("subscribe", eventing.decodeSubscribe(parsed(eventing.encodeSubscribe(asked))), asked);
  },
  subscribed: (from) =>
    twice(eventing.decodeSubscribeResponse, from, (value) => eventing.encodeSubscribeResponse(value, "PT0S")),
};

function twice<T>(read: (from: XmlElement) => T, from: XmlElement, write: (value: T) => XmlElement): void {
  const value = read(from);
  agree(read.name, read(parsed(write(value))), value);
}

function tryIt(what: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    const isRefusal = error instanceof VigilError && refusals.some((one) => error.code.startsWith(one));
    if (!isRefusal) throw new Error(`${what} failed`, { cause: error });
  }
}

function parsed(one: XmlElement): XmlElement {
  return parseXml(written(one));
}

function bodyOf(root: XmlElement): XmlElement {
  return (
    child(child(root, "Body") ?? root, root.children[0]?.name ?? "")?.children[0] ??
    child(root, "Body")?.children[0] ??
    root
  );
}

/** Without attributes, which no encoder of ours takes from a body: their namespaces are not declared. */
function bare(one: XmlElement): XmlElement {
  return { ...one, attributes: [], children: one.children.map(bare) };
}

function namespacesOf(one: XmlElement): readonly string[] {
  const all = new Set<string>();
  const visit = (each: XmlElement): void => {
    all.add(each.ns);
    each.children.forEach(visit);
  };
  visit(one);
  const known: readonly string[] = [ns.soap, ns.wsa, ns.wsman, ns.trust, ns.wsse, ns.cimBinding, ns.xsi, ""];
  return [...all].filter((uri) => !known.includes(uri));
}

const system: EndpointReference = {
  address: anonymous,
  resourceUri: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem",
  selectors: { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" },
};
const nested: EndpointReference = { ...system, selectors: { Antecedent: system, Name: "1" } };

const filters: readonly EnumerationFilter[] = [
  { kind: "selectors", selectors: { InstanceID: "Intel(r) AMT 1", Of: system } },
  { kind: "associated", object: nested, association: "CIM_Dependency", result: "CIM_Service" },
  { kind: "associations", object: system },
  { kind: "foreign", dialect: "urn:wql" },
];

function bodySeeds(): readonly XmlElement[] {
  return [
    ...filters.map((filter) => bodies.encodeEnumerate({ mode: "both", filter })),
    ...filters.map((filter) => encodeFilter(filter)),
    bodies.encodeEnumerateResponse("D1000000-0000-0000-0000-000000000000"),
    bodies.encodePull({ context: "1", maxElements: 999, maxCharacters: 99_999 }),
    bodies.encodePullResponse({ items: [bodies.encodeEndpoint(nested)], context: "2", isEnd: true }),
    bodies.encodeResourceCreated(nested),
    bodies.encodeIdentifyResponse({
      protocolVersion: "1",
      productVendor: "v",
      productVersion: "2",
      securityProfiles: ["p"],
    }),
    eventing.encodeSubscribe({ notifyTo: "http://127.0.0.1/e", mode: "pushWithAck", expires: "PT1H" }),
    eventing.encodeSubscribeResponse(nested, "PT0S"),
  ];
}

function requestSeeds(): readonly Uint8Array[] {
  const common = { action: actions.enumerate, hasOptions: false, mustUnderstand: [], selectors: nested.selectors };
  return bodySeeds().map((one, index) =>
    Buffer.from(
      encodeRequest({
        ...common,
        resourceUri: system.resourceUri,
        messageId: String(index),
        operationTimeoutMs: 60_000,
        maxEnvelopeSize: 51_200,
        body: one,
      }),
    ),
  );
}

function faultSeeds(): readonly Uint8Array[] {
  // Keys of the table are its names.
  const names = Object.keys(faults) as FaultName[];
  return names.map((name) =>
    Buffer.from(encodeFault(faultOf(name, "AMT-STATUS 36"), { relatesTo: "1", messageId: "2" })),
  );
}

function eventSeeds(): readonly Uint8Array[] {
  const alert = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_AlertIndication";
  return [true, false].map((needsAck) =>
    Buffer.from(
      eventing.encodeEvent({
        messageId: "uuid:00000000-8086-8086-8086-000000128538",
        resourceUri: alert,
        needsAck,
        body: element(alert, "CIM_AlertIndication", [element(alert, "MessageID", "iAMT0057")]),
      }),
    ),
  );
}
