import { child, element, writeXml, type Prefix, type XmlElement } from "../xml.ts";
import { fail } from "../errors.ts";
import { anonymous, ns } from "./actions.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { decodeFault, faultError } from "./fault.ts";
import { decodeReference, decodeSelectors, encodeReference, encodeSelectors, type Selectors } from "./reference.ts";

export { decodeReference, encodeReference };

/** A request as both speakers hold it. Identify has neither action nor resource. @source protocols A.9 */
export interface RequestMessage {
  readonly action: string;
  readonly to?: string;
  readonly resourceUri?: string;
  readonly messageId?: string;
  readonly replyTo?: string;
  /** Milliseconds. */
  readonly operationTimeoutMs?: number;
  /** Bytes that the answer may have. */
  readonly maxEnvelopeSize?: number;
  readonly selectors: Selectors;
  /** True when an OptionSet was sent, which firmware does not support. */
  readonly hasOptions: boolean;
  /** Names of header elements that the receiver must understand. */
  readonly mustUnderstand: readonly string[];
  readonly body?: XmlElement;
}

/** An answer as both speakers hold it. @source protocols A.10 */
export interface ResponseMessage {
  readonly relatesTo?: string;
  readonly action: string;
  readonly messageId?: string;
  readonly resourceUri?: string;
  readonly body?: XmlElement;
}

const requestPrefixes: readonly Prefix[] = [
  ["", ns.soap],
  ["a", ns.wsa],
  ["w", ns.wsman],
  ["e", ns.wsen],
  ["t", ns.wxf],
  ["c", ns.cimCommon],
];

/** Writes a request. */
export function encodeRequest(request: RequestMessage): string {
  const header: XmlElement[] = [
    element(ns.wsa, "Action", request.action),
    element(ns.wsa, "To", request.to ?? "/wsman"),
  ];
  if (request.resourceUri !== undefined) header.push(element(ns.wsman, "ResourceURI", request.resourceUri));
  if (request.messageId !== undefined) header.push(element(ns.wsa, "MessageID", request.messageId));
  header.push(element(ns.wsa, "ReplyTo", [element(ns.wsa, "Address", request.replyTo ?? anonymous)]));
  if (request.operationTimeoutMs !== undefined) {
    header.push(element(ns.wsman, "OperationTimeout", formatDuration(request.operationTimeoutMs)));
  }
  if (request.maxEnvelopeSize !== undefined) {
    header.push(element(ns.wsman, "MaxEnvelopeSize", String(request.maxEnvelopeSize)));
  }
  const selectors = encodeSelectors(request.selectors);
  if (selectors !== undefined) header.push(selectors);
  const body = request.body === undefined ? [] : [request.body];
  const prefixes = [...requestPrefixes];
  if (request.body !== undefined) addPrefixes(request.body, prefixes);
  const root = element(ns.soap, "Envelope", [element(ns.soap, "Header", header), element(ns.soap, "Body", body)]);
  return writeXml(root, prefixes);
}

/** The body's namespace becomes `r`, further ones inside it `r1`, `r2` … */
function addPrefixes(one: XmlElement, prefixes: Prefix[]): void {
  if (!prefixes.some(([, known]) => known === one.ns)) {
    const count = prefixes.length - requestPrefixes.length;
    prefixes.push([count === 0 ? "r" : `r${count}`, one.ns]);
  }
  for (const inner of one.children) addPrefixes(inner, prefixes);
}

/** Reads a request, as a device does. @throws wire.wsman.envelope */
export function decodeRequest(root: XmlElement): RequestMessage {
  const { header, body } = partsOf(root);
  const text = (name: string): string | undefined => child(header, name)?.text.trim();
  const resourceUri = text("ResourceURI");
  const messageId = text("MessageID");
  const to = text("To");
  const replyTo = child(header, "ReplyTo");
  const replyAddress = replyTo === undefined ? undefined : child(replyTo, "Address")?.text.trim();
  const timeout = parseDuration(text("OperationTimeout") ?? "");
  const size = Number(text("MaxEnvelopeSize") ?? Number.NaN);
  const mustUnderstand = header.children
    .filter((one) => one.attributes.some((a) => a.name === "mustUnderstand" && /^(true|1)$/.test(a.value)))
    .map((one) => one.name);
  return {
    action: text("Action") ?? "",
    selectors: decodeSelectors(child(header, "SelectorSet")),
    hasOptions: child(header, "OptionSet") !== undefined,
    mustUnderstand,
    ...(to === undefined ? {} : { to }),
    ...(resourceUri === undefined ? {} : { resourceUri }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(replyAddress === undefined ? {} : { replyTo: replyAddress }),
    ...(timeout === undefined ? {} : { operationTimeoutMs: timeout }),
    ...(Number.isSafeInteger(size) ? { maxEnvelopeSize: size } : {}),
    ...(body === undefined ? {} : { body }),
  };
}

/** Firmware has never been seen to need more than three; from the 17th namespace on the names are ours. */
const letters = "ghijklmnopqrstuvw";

/** Prefixes a to f are the same in every answer; the body's namespaces follow from g on, xsi closes. */
const responsePrefixes: readonly Prefix[] = [
  ["a", ns.soap],
  ["b", ns.wsa],
  ["c", ns.wsman],
  ["d", ns.trust],
  ["e", ns.wsse],
  ["f", ns.cimBinding],
];

/** Writes an answer, byte-faithful to firmware. @param namespaces of the body, in the order of their letters g, h, i … */
export function encodeResponse(response: ResponseMessage, namespaces: readonly string[]): string {
  const header = [element(ns.wsa, "To", anonymous)];
  if (response.relatesTo !== undefined) header.push(element(ns.wsa, "RelatesTo", response.relatesTo));
  header.push(element(ns.wsa, "Action", response.action, [{ ns: ns.soap, name: "mustUnderstand", value: "true" }]));
  if (response.messageId !== undefined) header.push(element(ns.wsa, "MessageID", response.messageId));
  if (response.resourceUri !== undefined) header.push(element(ns.wsman, "ResourceURI", response.resourceUri));
  const prefixes: Prefix[] = [...responsePrefixes];
  for (const [index, namespace] of namespaces.entries()) prefixes.push([letters[index] ?? `n${index}`, namespace]);
  prefixes.push(["xsi", ns.xsi]);
  const body = response.body === undefined ? [] : [response.body];
  const root = element(ns.soap, "Envelope", [element(ns.soap, "Header", header), element(ns.soap, "Body", body)]);
  return writeXml(root, prefixes);
}

/** Reads an answer. @throws the fault that it is, as `wsman.fault.…` (device); wire.wsman.envelope (device) */
export function decodeResponse(root: XmlElement): ResponseMessage {
  const { header, body } = partsOf(root);
  if (body?.name === "Fault" && body.ns === ns.soap) throw faultError(decodeFault(body));
  const text = (name: string): string | undefined => child(header, name)?.text.trim();
  const relatesTo = text("RelatesTo");
  const messageId = text("MessageID");
  const resourceUri = text("ResourceURI");
  return {
    action: text("Action") ?? "",
    ...(relatesTo === undefined ? {} : { relatesTo }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(resourceUri === undefined ? {} : { resourceUri }),
    ...(body === undefined ? {} : { body }),
  };
}

const noHeader = element(ns.soap, "Header", []);

function partsOf(root: XmlElement): { readonly header: XmlElement; readonly body: XmlElement | undefined } {
  const body = child(root, "Body");
  if (root.name !== "Envelope" || root.ns !== ns.soap || body === undefined) {
    throw fail("wire.wsman.envelope", {
      details: { element: root.name.slice(0, 80), namespace: root.ns.slice(0, 120) },
    });
  }
  return { header: child(root, "Header") ?? noHeader, body: body.children[0] };
}
