import { child, element, type XmlElement } from "../xml.ts";
import { fail } from "../errors.ts";
import { ns } from "./actions.ts";
import { decodeFilter, encodeFilter, type EnumerationFilter } from "./filter.ts";
import { decodeReference, encodeReference, type EndpointReference } from "./reference.ts";

/** What an Enumerate asks for: whole instances, references to them, or both; all of the class, or those that a filter names. @source protocols A.9 */
export interface EnumerateBody {
  /** "object" unless said otherwise. */
  readonly mode: "object" | "reference" | "both";
  readonly filter?: EnumerationFilter;
}

export function encodeEnumerate(asked: Partial<EnumerateBody> = {}): XmlElement {
  const parts: XmlElement[] = [];
  if (asked.mode === "reference" || asked.mode === "both") {
    parts.push(element(ns.wsman, "EnumerationMode", modeNames[asked.mode]));
  }
  if (asked.filter !== undefined) parts.push(encodeFilter(asked.filter));
  return element(ns.wsen, "Enumerate", parts.length === 0 ? "" : parts);
}

const modeNames = { reference: "EnumerateEPR", both: "EnumerateObjectAndEPR" } as const;

/** @throws wire.wsman.envelope (device) when a filter is malformed */
export function decodeEnumerate(body: XmlElement): EnumerateBody {
  const mode = child(body, "EnumerationMode")?.text.trim();
  const filter = child(body, "Filter");
  return {
    mode: mode === modeNames.reference ? "reference" : mode === modeNames.both ? "both" : "object",
    ...(filter === undefined ? {} : { filter: decodeFilter(filter) }),
  };
}

/** An item of a Pull that asked for both: the instance and where it is. @source DSP0226, 8.7 */
export function encodeItem(object: XmlElement, reference: EndpointReference): XmlElement {
  return element(ns.wsman, "Item", [object, encodeEndpoint(reference)]);
}

/** An item of a Pull that asked for references. */
export function encodeEndpoint(reference: EndpointReference): XmlElement {
  return element(ns.wsa, "EndpointReference", encodeReference(reference));
}

export function encodeEnumerateResponse(context: string): XmlElement {
  return element(ns.wsen, "EnumerateResponse", [element(ns.wsen, "EnumerationContext", context)]);
}

/** @returns the enumeration context. @throws wire.wsman.envelope (device) */
export function decodeEnumerateResponse(body: XmlElement | undefined): string {
  const context = body === undefined ? undefined : child(body, "EnumerationContext");
  if (context === undefined) throw fail("wire.wsman.envelope", { message: "An enumeration has no context" });
  return context.text;
}

export interface PullBody {
  readonly context: string;
  readonly maxElements?: number;
  readonly maxCharacters?: number;
}

export function encodePull(pull: PullBody): XmlElement {
  const parts = [element(ns.wsen, "EnumerationContext", pull.context)];
  if (pull.maxElements !== undefined) parts.push(element(ns.wsen, "MaxElements", String(pull.maxElements)));
  if (pull.maxCharacters !== undefined) parts.push(element(ns.wsen, "MaxCharacters", String(pull.maxCharacters)));
  return element(ns.wsen, "Pull", parts);
}

export function decodePull(body: XmlElement): PullBody {
  const maxElements = countIn(body, "MaxElements");
  const maxCharacters = countIn(body, "MaxCharacters");
  return {
    context: child(body, "EnumerationContext")?.text.trim() ?? "",
    ...(maxElements === undefined ? {} : { maxElements }),
    ...(maxCharacters === undefined ? {} : { maxCharacters }),
  };
}

export interface PullResponseBody {
  readonly items: readonly XmlElement[];
  /** There is more: pull again with this one. */
  readonly context?: string;
  readonly isEnd: boolean;
}

export function encodePullResponse(response: PullResponseBody): XmlElement {
  const parts: XmlElement[] = [];
  if (response.context !== undefined) parts.push(element(ns.wsen, "EnumerationContext", response.context));
  parts.push(element(ns.wsen, "Items", response.items));
  if (response.isEnd) parts.push(element(ns.wsen, "EndOfSequence"));
  return element(ns.wsen, "PullResponse", parts);
}

/** @throws wire.wsman.envelope (device) */
export function decodePullResponse(body: XmlElement | undefined): PullResponseBody {
  if (body?.name !== "PullResponse") throw fail("wire.wsman.envelope", { message: "The answer is no PullResponse" });
  const context = child(body, "EnumerationContext")?.text;
  return {
    items: child(body, "Items")?.children ?? [],
    isEnd: child(body, "EndOfSequence") !== undefined,
    ...(context === undefined ? {} : { context }),
  };
}

/** @param context of the enumeration that is no longer wanted */
export function encodeRelease(context: string): XmlElement {
  return element(ns.wsen, "Release", [element(ns.wsen, "EnumerationContext", context)]);
}

/** What Create answers: where the new instance is. */
export function encodeResourceCreated(created: EndpointReference): XmlElement {
  return element(ns.wxf, "ResourceCreated", encodeReference(created));
}

/** @throws wire.wsman.envelope (device) */
export function decodeResourceCreated(body: XmlElement | undefined): EndpointReference {
  if (body?.name !== "ResourceCreated")
    throw fail("wire.wsman.envelope", { message: "The answer names no new resource" });
  return decodeReference(body);
}

/** What firmware says of itself. @source protocols A.8: exact texts UNVERIFIED */
export interface Identity {
  readonly protocolVersion: string;
  readonly productVendor: string;
  readonly productVersion: string;
  readonly securityProfiles: readonly string[];
}

export function encodeIdentify(): XmlElement {
  return element(ns.wsmid, "Identify");
}

export function encodeIdentifyResponse(identity: Identity): XmlElement {
  return element(ns.wsmid, "IdentifyResponse", [
    element(ns.wsmid, "ProtocolVersion", identity.protocolVersion),
    element(ns.wsmid, "ProductVendor", identity.productVendor),
    element(ns.wsmid, "ProductVersion", identity.productVersion),
    element(
      ns.wsmid,
      "SecurityProfiles",
      identity.securityProfiles.map((name) => element(ns.wsmid, "SecurityProfileName", name)),
    ),
  ]);
}

/** @throws wire.wsman.envelope (device) */
export function decodeIdentifyResponse(body: XmlElement | undefined): Identity {
  if (body?.name !== "IdentifyResponse") throw fail("wire.wsman.envelope", { message: "The answer does not identify" });
  const text = (name: string): string => child(body, name)?.text.trim() ?? "";
  return {
    protocolVersion: text("ProtocolVersion"),
    productVendor: text("ProductVendor"),
    productVersion: text("ProductVersion"),
    securityProfiles: child(body, "SecurityProfiles")?.children.map((one) => one.text.trim()) ?? [],
  };
}

function countIn(body: XmlElement, name: string): number | undefined {
  const count = Number(child(body, name)?.text.trim() ?? Number.NaN);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}
