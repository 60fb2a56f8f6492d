import assert from "node:assert/strict";
import { test } from "node:test";
import { child, element, parseXml, writeXml, type XmlElement } from "../xml.ts";
import { anonymous, ns } from "./actions.ts";
import {
  decodeEvent,
  decodeSubscribe,
  decodeSubscribeResponse,
  encodeAck,
  encodeEvent,
  encodeSubscribe,
  encodeSubscribeResponse,
  eventingActions,
} from "./eventing.ts";

/** Through bytes and back. */
function sent(body: XmlElement): XmlElement {
  return parseXml(
    writeXml(body, [
      ["", ns.wse],
      ["b", ns.wsa],
      ["c", ns.wsman],
    ]),
  );
}

test("a subscription names where events go, how, and for how long", () => {
  for (const asked of [
    { notifyTo: "http://127.0.0.1:9999/events", mode: "push" },
    { notifyTo: "https://vigil.example/e", mode: "pushWithAck", expires: "PT1H" },
  ] as const)
    assert.deepEqual(decodeSubscribe(sent(encodeSubscribe(asked))), asked);
});

test("a subscription without an address is malformed; one of an unknown mode is told apart", () => {
  assert.throws(() => decodeSubscribe(element(ns.wse, "Subscribe")), { code: "wire.wsman.envelope" });
  const to = element(ns.wse, "NotifyTo", [element(ns.wsa, "Address", "http://127.0.0.1/")]);
  const delivery = (mode: string): XmlElement =>
    element(ns.wse, "Subscribe", [element(ns.wse, "Delivery", [to], [{ ns: "", name: "Mode", value: mode }])]);
  assert.equal(decodeSubscribe(delivery("urn:pull")), undefined);
});

test("the answer names the subscription's manager", () => {
  const manager = { address: anonymous, resourceUri: "urn:subscription", selectors: { Name: "1" } };
  assert.deepEqual(decodeSubscribeResponse(sent(encodeSubscribeResponse(manager, "PT0S"))), manager);
  assert.throws(() => decodeSubscribeResponse(undefined), { code: "wire.wsman.envelope" });
});

test("an event survives, in the order of headers that firmware has", () => {
  const message = {
    messageId: "uuid:00000000-8086-8086-8086-000000128538",
    resourceUri: "urn:alert",
    needsAck: true,
    body: element("urn:alert", "CIM_AlertIndication", [element("urn:alert", "MessageID", "iAMT0057")]),
  };
  const xml = encodeEvent(message);
  assert.deepEqual(decodeEvent(xml), message);
  const header = child(parseXml(xml), "Header");
  assert.deepEqual(
    header?.children.map((one) => one.name),
    ["To", "ReplyTo", "AckRequested", "Action", "MessageID", "ResourceURI"],
  );
  assert.equal(decodeEvent(encodeEvent({ ...message, needsAck: false })).needsAck, false);
});

test("what is no event is refused, and an acknowledgement says to which event it belongs", () => {
  assert.throws(() => decodeEvent("<a/>"), { code: "wire.wsman.envelope" });
  const ack = child(parseXml(encodeAck("uuid:7")), "Header");
  assert.equal(ack === undefined ? "" : child(ack, "RelatesTo")?.text, "uuid:7");
  assert.equal(ack === undefined ? "" : child(ack, "Action")?.text, eventingActions.acknowledge);
});

test("an event that is cut anywhere is refused", () => {
  const body = element("urn:alert", "CIM_AlertIndication", [element("urn:alert", "MessageID", "iAMT0057")]);
  const xml = encodeEvent({ messageId: "uuid:1", resourceUri: "urn:alert", needsAck: true, body });
  for (let length = 0; length < xml.length; length += 1) {
    assert.throws(() => decodeEvent(xml.slice(0, length)), { code: "wire.xml.malformed" }, `${length} characters`);
  }
});
