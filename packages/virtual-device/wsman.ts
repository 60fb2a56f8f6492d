import { VigilError } from "@vigil/base/errors.ts";
import { CIM_FilterCollection } from "@vigil/model/cim/CIM_FilterCollection.ts";
import { IPS_HostBasedSetupService } from "@vigil/model/ips/IPS_HostBasedSetupService.ts";
import { actions, anonymous, ns } from "@vigil/wire/wsman/actions.ts";
import { encodeIdentifyResponse, encodeResourceCreated } from "@vigil/wire/wsman/bodies.ts";
import { decodeRequest, encodeResponse, type RequestMessage } from "@vigil/wire/wsman/envelope.ts";
import { encodeFault, faultOf, statusOf, type FaultName } from "@vigil/wire/wsman/fault.ts";
import { element, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { behaviors as everyBehavior, type Behaviors } from "./behaviors.ts";
import { answerEventing } from "./subscriptions.ts";
import { enumerate, pull, release, type View } from "./enumeration.ts";
import { pick, type Behavior, type Call, type Refusal, type Success } from "./behavior.ts";
import { localUser, type Caller, type Firmware } from "./firmware.ts";
import { initiatorOf } from "./caller.ts";
import { holdsRealm } from "./rights.ts";

/** Firmware's parser takes envelopes of up to 50 KiB; certificates make a Put large, never larger. */
export const requestLimits = { maxBytes: 64 * 1024, maxDepth: 32, maxElements: 4_000 } as const;
/** @source protocols A.9 */
const leastEnvelopeSize = 50_000;

/** What leaves the device: an HTTP status and a whole envelope. */
export interface WsmanAnswer {
  readonly status: 200 | 400 | 500;
  readonly xml: string;
  /** True after a change that makes the device drop its connections once this answer is out. */
  readonly endsConnections: boolean;
}

/**
 * Answers one WS-Management request. Never throws: what cannot be answered is a fault, as from firmware.
 * @param behaviors those of AMT unless said otherwise
 */
export async function answerWsman(
  firmware: Firmware,
  caller: Caller,
  body: Uint8Array,
  behaviors: Behaviors = everyBehavior,
): Promise<WsmanAnswer> {
  const { mode, digestRealm } = firmware;
  let request: RequestMessage | undefined;
  let result: Success | Refusal;
  try {
    request = decodeRequest(parseXml(body, requestLimits));
    result = await perform(firmware, caller, request, behaviors);
  } catch (error) {
    result = { fault: faultNameOf(error) };
  }
  const relatesTo = request?.messageId === undefined ? {} : { relatesTo: request.messageId };
  const messageId = firmware.nextMessageId();
  const endsConnections = firmware.mode !== mode || firmware.digestRealm !== digestRealm;
  if ("fault" in result) {
    const fault = faultOf(result.fault, result.status === undefined ? "" : `AMT-STATUS ${result.status}`);
    return { status: statusOf(fault), xml: encodeFault(fault, { ...relatesTo, messageId }), endsConnections };
  }
  const { namespaces, ...answer } = result;
  return { status: 200, xml: encodeResponse({ ...answer, ...relatesTo, messageId }, namespaces), endsConnections };
}

function faultNameOf(error: unknown): FaultName {
  if (!(error instanceof VigilError)) return "InternalError";
  if (error.code.startsWith("model.")) return "SchemaValidationError";
  return error.code.startsWith("wire.") ? "SchemaValidationError" : "InternalError";
}

async function perform(
  firmware: Firmware,
  caller: Caller,
  request: RequestMessage,
  behaviors: Behaviors,
): Promise<Success | Refusal> {
  const { action, resourceUri, body } = request;
  if (body?.ns === ns.wsmid && body.name === "Identify") return identify(firmware);
  if (action === "" || request.messageId === undefined) return { fault: "MessageInformationHeaderRequired" };
  if (request.replyTo !== undefined && request.replyTo !== anonymous)
    return { fault: "InvalidMessageInformationHeader" };
  if (request.hasOptions && request.mustUnderstand.includes("OptionSet")) return { fault: "NotUnderstood" };
  if ((request.maxEnvelopeSize ?? leastEnvelopeSize) < leastEnvelopeSize) return { fault: "EncodingLimit" };
  if (resourceUri === undefined) return { fault: "DestinationUnreachable" };
  firmware.initiator = initiatorOf(caller);
  const view: View = {
    firmware,
    behaviors,
    mayRead: (one) => mayUse(firmware, caller, { name: one.definition.name, realm: one.realm }, false),
  };
  if (action === actions.enumerate) return enumerate(view, resourceUri, body);
  if (action === actions.pull) return pull(view, resourceUri, body);
  if (action === actions.release) return release(firmware, resourceUri, body);
  if (action.startsWith(ns.wse)) {
    const events = behaviors.of(CIM_FilterCollection.uri, firmware.release);
    if (events === undefined || !mayUse(firmware, caller, { name: events.definition.name, realm: events.realm }, true))
      return { fault: "AccessDenied" };
    firmware.noteWrite(events.definition.name);
    return answerEventing(firmware, events, request) ?? { fault: "ActionNotSupported" };
  }
  const behavior = behaviors.of(resourceUri, firmware.release);
  if (behavior === undefined) return { fault: "DestinationUnreachable" };
  const call: Call = { firmware, caller, selectors: request.selectors };
  const method = action.startsWith(`${resourceUri}/`) ? action.slice(resourceUri.length + 1) : undefined;
  const changes = action !== actions.get && (method === undefined || !behavior.readingMethods.has(method));
  if (!mayUse(firmware, caller, { name: behavior.definition.name, realm: behavior.realmOf(method) }, changes))
    return { fault: "AccessDenied" };
  if (changes) firmware.noteWrite(behavior.definition.name);
  return method === undefined ? transfer(call, behavior, action, body) : invoke(call, behavior, method, action, body);
}

/** Before setup nothing can be changed but by a manager with a setup certificate. UNVERIFIED where firmware draws the line. */
function mayUse(
  firmware: Firmware,
  caller: Caller,
  to: { readonly name: string; readonly realm: number },
  changes: boolean,
): boolean {
  if (caller.channel === "local" && caller.username === localUser) return mayHostUse(to.name, changes);
  const isProved = caller.hasSetupCertificate || caller.hasSetupKey === true;
  if (firmware.mode !== "post" && changes && !isProved) return false;
  return holdsRealm(firmware, caller, to.realm);
}

/** The host's own software reads, and sets the device up; nothing else. @source protocols F.3 */
function mayHostUse(className: string, changes: boolean): boolean {
  return !changes || className === IPS_HostBasedSetupService.name;
}

/** PT_STATUS: what must be recorded cannot be. @source protocols A.13 */
const auditStatus = 2075;
const auditFailed = { fault: "InternalError", status: auditStatus } as const;

async function transfer(
  call: Call,
  behavior: Behavior,
  action: string,
  body: XmlElement | undefined,
): Promise<Success | Refusal> {
  const { definition } = behavior;
  const resourceUri = definition.uri;
  const { firmware } = call;
  const namespaces = definition.hasDatetime ? [definition.uri, ns.cimCommon] : [definition.uri];
  if (action === actions.get) {
    const found = pick(behavior.list(call.firmware), (one) => one.selectors, call.selectors);
    if ("fault" in found) return found;
    return { action: actions.getResponse, resourceUri, body: found.one.write(), namespaces };
  }
  if (action === actions.delete) {
    const done = await firmware.audited(() => [behavior.remove(call)] as const);
    const refusal = done === undefined ? auditFailed : done[0];
    // An answer without a body declares none of its namespaces. @source recorded answers
    return refusal ?? { action: actions.deleteResponse, resourceUri, namespaces: [] };
  }
  if (action !== actions.put && action !== actions.create) return { fault: "ActionNotSupported" };
  if (body?.name !== definition.name) return { fault: "InvalidRepresentation" };
  if (action === actions.put) {
    const done = await firmware.audited(() => [behavior.put(call, body)] as const);
    const after = done === undefined ? auditFailed : done[0];
    if (after === undefined) return { action: actions.putResponse, resourceUri, namespaces };
    return "fault" in after ? after : { action: actions.putResponse, resourceUri, body: after, namespaces };
  }
  const created = (await firmware.audited(() => behavior.create(call, body))) ?? auditFailed;
  if ("fault" in created) return created;
  return { action: actions.createResponse, resourceUri, body: encodeResourceCreated(created), namespaces: [ns.wxf] };
}

async function invoke(
  call: Call,
  behavior: Behavior,
  method: string,
  action: string,
  body: XmlElement | undefined,
): Promise<Success | Refusal> {
  const found = pick(behavior.list(call.firmware), (one) => one.selectors, call.selectors);
  if ("fault" in found) return found;
  const { uri } = behavior.definition;
  const input = body ?? element(uri, `${method}_INPUT`);
  if (input.name !== `${method}_INPUT`) return { fault: "SchemaValidationError" };
  const done = await call.firmware.audited(async () => ({ output: await behavior.invoke(call, method, input) }));
  const denied = [element(uri, "ReturnValue", String(auditStatus))];
  const output = done === undefined ? element(uri, `${method}_OUTPUT`, denied) : done.output;
  if (output === undefined) return { fault: "ActionNotSupported" };
  const results = Object.values(behavior.definition.methods[method]?.output ?? {});
  // Measured on recorded answers: two methods of 40 declare the namespace of times, both of the wireless service. @source protocols A.10
  const hasTime = results.some(({ codec }) => codec.kind === "datetime") || /^(Add|Update)WiFi/.test(method);
  const namespaces = hasTime ? [uri, ns.cimCommon] : [uri];
  return { action: `${action}Response`, resourceUri: uri, body: output, namespaces };
}

/** Exact texts UNVERIFIED. @source protocols A.8 */
function identify(firmware: Firmware): Success {
  const [major, minor] = firmware.release.split(".");
  const profile = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile";
  const body = encodeIdentifyResponse({
    protocolVersion: ns.wsman,
    productVendor: "Intel(r)",
    productVersion: `AMT ${major}.${minor}`,
    securityProfiles: [`${profile}/http/digest`, `${profile}/https/digest`],
  });
  return { action: `${ns.wsmid}/IdentifyResponse`, body, namespaces: [ns.wsmid] };
}
