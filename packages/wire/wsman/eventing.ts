import { fail } from "../errors.ts";
import { child, element, parseXml, writeXml, type Prefix, type XmlElement } from "../xml.ts";
import { anonymous, ns } from "./actions.ts";
import { decodeReference, encodeReference, type EndpointReference } from "./reference.ts";

/** WS-Eventing, as AMT speaks it. @source protocols A.8, B.17 */
export const eventingActions = {
  subscribe: `${ns.wse}/Subscribe`,
  subscribeResponse: `${ns.wse}/SubscribeResponse`,
  unsubscribe: `${ns.wse}/Unsubscribe`,
  unsubscribeResponse: `${ns.wse}/UnsubscribeResponse`,
  event: "http://schemas.dmtf.org/wbem/wsman/1/wsman/Event",
  acknowledge: "http://schemas.dmtf.org/wbem/wsman/1/wsman/Ack",
} as const;

/** How events come: sent once, or again until they are acknowledged. @source protocols B.17 */
export const deliveryModes = {
  push: "http://schemas.xmlsoap.org/ws/2004/08/eventing/DeliveryModes/Push",
  pushWithAck: "http://schemas.dmtf.org/wbem/wsman/1/wsman/PushWithAck",
} as const;

export interface Subscription {
  /** Where events go: an http or https address. */
  readonly notifyTo: string;
  readonly mode: keyof typeof deliveryModes;
  /** xs:duration; absent for a subscription that stays. */
  readonly expires?: string;
}

/** The body of a Subscribe. */
export function encodeSubscribe({ notifyTo, mode, expires }: Subscription): XmlElement {
  const address = element(ns.wse, "NotifyTo", [element(ns.wsa, "Address", notifyTo)]);
  const delivery = element(ns.wse, "Delivery", [address], [{ ns: "", name: "Mode", value: deliveryModes[mode] }]);
  const parts = [delivery];
  if (expires !== undefined) parts.push(element(ns.wse, "Expires", expires));
  return element(ns.wse, "Subscribe", parts);
}

/** @returns undefined when the mode is one that firmware does not know. @throws wire.wsman.envelope (device) */
export function decodeSubscribe(body: XmlElement): Subscription | undefined {
  const delivery = child(body, "Delivery");
  const to = delivery === undefined ? undefined : child(delivery, "NotifyTo");
  const address = to === undefined ? undefined : child(to, "Address")?.text.trim();
  if (delivery === undefined || address === undefined) {
    throw fail("wire.wsman.envelope", { message: "A subscription says nowhere to deliver to" });
  }
  // Without a mode it is Push. @source WS-Eventing 3.1
  const name = delivery.attributes.find((one) => one.name === "Mode")?.value ?? deliveryModes.push;
  const mode = name === deliveryModes.push ? "push" : name === deliveryModes.pushWithAck ? "pushWithAck" : undefined;
  const expires = child(body, "Expires")?.text.trim();
  if (mode === undefined) return undefined;
  return { notifyTo: address, mode, ...(expires === undefined ? {} : { expires }) };
}

/** What Subscribe answers: which subscription it is. Layout UNVERIFIED by a capture. @source DSP0226 10.2 */
export function encodeSubscribeResponse(manager: EndpointReference, expires: string): XmlElement {
  return element(ns.wse, "SubscribeResponse", [
    element(ns.wse, "SubscriptionManager", encodeReference(manager)),
    element(ns.wse, "Expires", expires),
  ]);
}

/** @throws wire.wsman.envelope (device) */
export function decodeSubscribeResponse(body: XmlElement | undefined): EndpointReference {
  const manager = body === undefined ? undefined : child(body, "SubscriptionManager");
  if (manager === undefined) throw fail("wire.wsman.envelope", { message: "A subscription has no manager" });
  return decodeReference(manager);
}

export function encodeUnsubscribe(): XmlElement {
  return element(ns.wse, "Unsubscribe");
}

/** An event on its way. */
export interface EventMessage {
  readonly messageId: string;
  readonly resourceUri: string;
  readonly needsAck: boolean;
  /** The indication. */
  readonly body: XmlElement;
}

/** Prefixes as in an answer. @source protocols A.10, B.17 */
const prefixes = (body: XmlElement): readonly Prefix[] => [
  ["a", ns.soap],
  ["b", ns.wsa],
  ["c", ns.wsman],
  ["d", ns.trust],
  ["e", ns.wsse],
  ["f", ns.cimBinding],
  ["g", body.ns],
  ["h", ns.cimCommon],
  ["xsi", ns.xsi],
];

export function encodeEvent({ messageId, resourceUri, needsAck, body }: EventMessage): string {
  const header = [
    element(ns.wsa, "To", anonymous),
    element(ns.wsa, "ReplyTo", [element(ns.wsa, "Address", anonymous)]),
    ...(needsAck ? [element(ns.wsman, "AckRequested")] : []),
    element(ns.wsa, "Action", eventingActions.event, [{ ns: ns.soap, name: "mustUnderstand", value: "true" }]),
    element(ns.wsa, "MessageID", messageId),
    element(ns.wsman, "ResourceURI", resourceUri),
  ];
  const root = element(ns.soap, "Envelope", [element(ns.soap, "Header", header), element(ns.soap, "Body", [body])]);
  return writeXml(root, prefixes(body));
}

/** An event is some 2 KiB. */
const eventLimits = { maxBytes: 64 * 1024, maxDepth: 16, maxElements: 500 } as const;

/** @throws wire.xml.*, wire.wsman.envelope (device) */
export function decodeEvent(xml: string | Uint8Array): EventMessage {
  const root = parseXml(xml, eventLimits);
  const header = child(root, "Header");
  const body = child(root, "Body")?.children[0];
  const text = (name: string): string | undefined =>
    header === undefined ? undefined : child(header, name)?.text.trim();
  if (header === undefined || body === undefined || text("Action") !== eventingActions.event) {
    throw fail("wire.wsman.envelope", { message: "The message is no event" });
  }
  return {
    messageId: text("MessageID") ?? "",
    resourceUri: text("ResourceURI") ?? body.ns,
    needsAck: child(header, "AckRequested") !== undefined,
    body,
  };
}

/** What a listener answers to an event that asks for it. */
export function encodeAck(messageId: string): string {
  const header = [
    element(ns.wsa, "To", anonymous),
    element(ns.wsa, "RelatesTo", messageId),
    element(ns.wsa, "Action", eventingActions.acknowledge),
  ];
  const root = element(ns.soap, "Envelope", [element(ns.soap, "Header", header), element(ns.soap, "Body")]);
  return writeXml(root, [
    ["a", ns.soap],
    ["b", ns.wsa],
  ]);
}
