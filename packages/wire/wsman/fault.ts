import type { VigilError } from "@vigil/base/errors.ts";
import { fail, wireErrors } from "../errors.ts";
import { child, element, writeXml, type Prefix, type XmlElement } from "../xml.ts";
import { anonymous, ns } from "./actions.ts";

type Origin = "wsa" | "wsman" | "wsen" | "wxf" | "wse" | "soap";

interface FaultRow {
  readonly origin: Origin;
  /** The sentence that the standard fixes for this fault. */
  readonly reason: string;
  readonly status: 400 | 500;
}

const sender = (origin: Origin, reason: string): FaultRow => ({ origin, reason, status: 400 });
const receiver = (origin: Origin, reason: string): FaultRow => ({ origin, reason, status: 500 });

/** Every fault that firmware answers with. @source protocols A.12; sentences: DSP0226 section 14, WS-Addressing, WS-Enumeration */
export const faults = {
  DestinationUnreachable: sender(
    "wsa",
    "No route can be determined to reach the destination role defined by the WSAddressing To.",
  ),
  ActionNotSupported: sender("wsa", "The action is not supported by the service."),
  InvalidMessageInformationHeader: sender(
    "wsa",
    "A message information header is not valid and the message cannot be processed.",
  ),
  MessageInformationHeaderRequired: sender("wsa", "A required header is missing."),
  AccessDenied: sender("wsman", "The sender was not authorized to access the resource."),
  InvalidSelectors: sender("wsman", "The selectors for the resource are not valid."),
  InvalidParameter: sender("wsman", "An operation parameter is not valid."),
  SchemaValidationError: sender("wsman", "The supplied SOAP violates the corresponding XML schema definition."),
  AlreadyExists: sender("wsman", "The sender attempted to create a resource which already exists."),
  CannotProcessFilter: sender("wsman", "The requested filter could not be processed."),
  EncodingLimit: sender(
    "wsman",
    "An internal encoding limit was exceeded in a request or would be violated if the message were processed.",
  ),
  UnsupportedFeature: sender("wsman", "The specified feature is not supported."),
  QuotaLimit: sender("wsman", "The service is busy servicing other requests."),
  Concurrency: sender("wsman", "The action could not be completed due to concurrency or locking problems."),
  InvalidOptions: sender("wsman", "One or more options are not valid."),
  TimedOut: receiver("wsman", "The operation has timed out."),
  InternalError: receiver("wsman", "The service cannot comply with the request due to internal processing errors."),
  InvalidEnumerationContext: sender("wsen", "The supplied enumeration context is invalid."),
  FilterDialectRequestedUnavailable: sender("wsen", "The requested filtering dialect is not supported."),
  InvalidRepresentation: sender("wxf", "The XML content was not valid."),
  DeliveryModeRequestedUnavailable: sender("wse", "The requested delivery mode is not supported."),
  InvalidMessage: sender("wse", "The request message has unknown or invalid content and cannot be processed."),
  EventSourceUnableToProcess: sender("wse", "The event source cannot process the subscription."),
  NotUnderstood: sender("soap", "A header was not understood."),
} as const satisfies Readonly<Record<string, FaultRow>>;

export type FaultName = keyof typeof faults;

/** A fault as both speakers hold it. */
export interface Fault {
  readonly code: "Sender" | "Receiver" | "MustUnderstand";
  /** Absent for MustUnderstand and for a fault that the table lacks. */
  readonly subcode?: FaultName;
  /** The subcode as it came, when the table lacks it. */
  readonly foreign?: string;
  readonly reason: string;
  readonly detail: string;
}

/** The fault of that name with the standard's sentence. @param detail e.g. "AMT-STATUS 36" */
export function faultOf(name: FaultName, detail = ""): Fault {
  if (name === "NotUnderstood") return { code: "MustUnderstand", reason: faults[name].reason, detail };
  const { status, reason } = faults[name];
  return { code: status === 500 ? "Receiver" : "Sender", subcode: name, reason, detail };
}

/** The HTTP status that carries it. */
export function statusOf(fault: Fault): 400 | 500 {
  return fault.code === "Receiver" ? 500 : 400;
}

/** Firmware declares the namespaces of a fault in this order, other than in every answer that is none. @source protocols A.12 */
const faultPrefixes: readonly Prefix[] = [
  ["g", ns.cimBinding],
  ["f", ns.wse],
  ["e", ns.wsman],
  ["d", ns.wxf],
  ["c", ns.wsen],
  ["b", ns.wsa],
  ["a", ns.soap],
  ["h", ns.trust],
  ["i", ns.wsse],
  ["xsi", ns.xsi],
];
const letters: Readonly<Record<Origin, string>> = { wsa: "b", wsman: "e", wsen: "c", wxf: "d", wse: "f", soap: "a" };

const faultActions: Readonly<Record<Origin, string>> = {
  wsa: `${ns.wsa}/fault`,
  wsman: "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
  wsen: `${ns.wsen}/fault`,
  wxf: `${ns.wxf}/fault`,
  wse: `${ns.wse}/fault`,
  soap: `${ns.wsa}/fault`,
};

/** Writes a fault, byte-faithful to firmware. */
export function encodeFault(fault: Fault, ids: { readonly relatesTo?: string; readonly messageId: string }): string {
  const origin = fault.subcode === undefined ? "soap" : faults[fault.subcode].origin;
  const header = [element(ns.wsa, "To", anonymous)];
  if (ids.relatesTo !== undefined) header.push(element(ns.wsa, "RelatesTo", ids.relatesTo));
  header.push(
    element(ns.wsa, "Action", faultActions[origin], [{ ns: ns.soap, name: "mustUnderstand", value: "true" }]),
    element(ns.wsa, "MessageID", ids.messageId),
  );
  const code = [element(ns.soap, "Value", `a:${fault.code}`)];
  if (fault.subcode !== undefined) {
    code.push(element(ns.soap, "Subcode", [element(ns.soap, "Value", `${letters[origin]}:${fault.subcode}`)]));
  }
  const body = element(ns.soap, "Fault", [
    element(ns.soap, "Code", code),
    element(ns.soap, "Reason", [
      element(ns.soap, "Text", fault.reason, [{ ns: ns.xml, name: "lang", value: "en-US" }]),
    ]),
    element(ns.soap, "Detail", fault.detail),
  ]);
  return writeXml(
    element(ns.soap, "Envelope", [element(ns.soap, "Header", header), element(ns.soap, "Body", [body])]),
    faultPrefixes,
  );
}

/** Reads `<Fault>`. Tolerant: what is missing stays empty, so that a broken fault still says what it can. */
export function decodeFault(from: XmlElement): Fault {
  const code = child(from, "Code");
  const value = afterColon(code === undefined ? undefined : child(code, "Value"));
  const subcode = code === undefined ? undefined : child(code, "Subcode");
  const name = afterColon(subcode === undefined ? undefined : child(subcode, "Value"));
  const reason = child(from, "Reason");
  return {
    code: value === "Receiver" || value === "MustUnderstand" ? value : "Sender",
    ...(isFaultName(name) ? { subcode: name } : name === "" ? {} : { foreign: name.slice(0, 80) }),
    reason: (reason === undefined ? undefined : child(reason, "Text"))?.text.slice(0, 500) ?? "",
    detail: textOf(child(from, "Detail")).slice(0, 500),
  };
}

/** The error that a manager throws for a fault: `wsman.fault.accessDenied`; details: name, reason, detail, amtStatus. */
export function faultError(fault: Fault): VigilError {
  const known = fault.subcode ?? (fault.code === "MustUnderstand" ? "NotUnderstood" : undefined);
  const code = known === undefined ? unlisted : `wsman.fault.${known.charAt(0).toLowerCase()}${known.slice(1)}`;
  const status = /AMT-STATUS\s+(\d+)/.exec(fault.detail)?.[1];
  const name = known ?? fault.foreign ?? fault.code;
  return fail(isCode(code) ? code : unlisted, {
    message: `The device refused the request: ${fault.reason === "" ? name : fault.reason}`,
    details: {
      name,
      reason: fault.reason,
      detail: fault.detail,
      ...(status === undefined ? {} : { amtStatus: Number(status) }),
    },
  });
}

const unlisted = "wsman.fault.unlisted";

function isCode(code: string): code is keyof typeof wireErrors {
  return Object.hasOwn(wireErrors, code);
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

function afterColon(one: XmlElement | undefined): string {
  return one?.text.trim().split(":").at(-1) ?? "";
}

function textOf(one: XmlElement | undefined): string {
  if (one === undefined) return "";
  return one.text + one.children.map((inner) => textOf(inner)).join(" ");
}
