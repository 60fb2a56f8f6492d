import { VigilError } from "@vigil/base/errors.ts";
import type { Changes, ClassDefinition, Input, Instance, MethodName, Output } from "@vigil/model/define.ts";
import { decodeInstance, decodeOutput, encodeInput, encodeInstance } from "@vigil/model/instances.ts";
import { exists, type Lifetime } from "@vigil/model/firmware.ts";
import type { HttpMessage } from "@vigil/wire/http.ts";
import { actions, ns } from "@vigil/wire/wsman/actions.ts";
import {
  decodeEnumerateResponse,
  decodeIdentifyResponse,
  decodePullResponse,
  decodeResourceCreated,
  encodeEnumerate,
  encodeIdentify,
  encodePull,
  encodeRelease,
  type EnumerateBody,
  type Identity,
} from "@vigil/wire/wsman/bodies.ts";
import { decodeResponse, encodeRequest, type ResponseMessage } from "@vigil/wire/wsman/envelope.ts";
import type { EndpointReference, Selectors } from "@vigil/wire/wsman/reference.ts";
import { child, element, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { fail, withDetails, type AmtErrorCode } from "../errors.ts";
import type { Connection, Effect } from "./connection.ts";
import { writeOf } from "./writes.ts";

/** What a single call may say about itself. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Instead of the connection's, for what takes the firmware long. */
  readonly timeoutMs?: number;
}

/** A message to one resource. */
export interface RawRequest extends CallOptions {
  readonly action: string;
  readonly resourceUri?: string;
  readonly selectors?: Selectors;
  readonly body?: XmlElement;
  readonly effect: Effect;
  /** Which firmware releases have what is asked for; all of them unless said otherwise. */
  readonly lifetime?: Lifetime;
  /** Where it goes, for error details: class and method. */
  readonly about: Readonly<Record<string, string>>;
}

/** What a method gave; its ReturnValue is there. */
export type Returned<C extends ClassDefinition, N extends MethodName<C>> = Output<C, N> & {
  readonly ReturnValue: number;
};

const noSelectors: Selectors = {};
/** What other managers say, and firmware is used to. @source protocols A.9 */
const operationTimeoutMs = 60_000;
const pullMaxElements = 999;
const pullMaxCharacters = 99_999;
/** Chosen: the most numerous class, the event log aside, has some 60 instances, and some classes page one by one. */
const maxPulls = 512;
const maxItems = 8_192;

/** Speaks WS-Management to one device, in classes of the model. Every call may throw what Connection.exchange throws, and wsman.fault.*. */
export class Wsman {
  readonly #connection: Connection;
  #lastMessageId = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Reads one instance. Without selectors the class must have only one. */
  async get<C extends ClassDefinition>(
    definition: C,
    selectors: Selectors = noSelectors,
    options: CallOptions = {},
  ): Promise<Instance<C>> {
    const read = await this.#get(definition, selectors, options);
    return this.#decode(definition, () => decodeInstance(definition, read).value);
  }

  /**
   * Reads the instance, changes what is given, and writes all of it back: firmware takes what is missing for unset. What the
   * model does not know goes back as it came.
   * @param omitted names that firmware does not take back
   * @returns the instance as the device now has it
   */
  async put<C extends ClassDefinition>(
    definition: C,
    changes: Changes<C>,
    selectors: Selectors = noSelectors,
    options: CallOptions & { readonly omitted?: readonly (keyof C["properties"] & string)[] } = {},
  ): Promise<Instance<C>> {
    const read = await this.#get(definition, selectors, options);
    // Changes leaves out keys and what is read-only; each property that it has is one of the instance's.
    const changed = encodeInstance(definition, changes as unknown as Partial<Instance<C>>);
    for (const { name } of changed.children) {
      const traits = definition.properties[name]?.traits;
      this.#requireRelease(traits, { class: definition.name, method: "Put", property: name });
    }
    const names = new Set([...Object.keys(changes), ...(options.omitted ?? [])]);
    const kept = read.children.filter((one) => !names.has(one.name));
    // Firmware sorts by plain ASCII order, and some releases want it so. @source protocols A.10
    const children = [...kept, ...changed.children].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return this.#put(definition, element(definition.uri, definition.name, children), selectors, options, read);
  }

  /** Writes an instance whole. @returns the instance as the device now has it */
  putWhole<C extends ClassDefinition>(
    definition: C,
    value: Partial<Instance<C>>,
    selectors: Selectors = noSelectors,
    options: CallOptions = {},
  ): Promise<Instance<C>> {
    return this.#put(definition, encodeInstance(definition, value), selectors, options);
  }

  /** @returns where the new instance is */
  async create<C extends ClassDefinition>(
    definition: C,
    value: Partial<Instance<C>>,
    options: CallOptions = {},
  ): Promise<EndpointReference> {
    const request = this.#about(definition, "Create", actions.create, "change", noSelectors, options);
    const body = encodeInstance(definition, value);
    const answer = await this.raw({ ...request, body });
    this.#wrote(definition, "Create", body);
    return this.#decode(definition, () => decodeResourceCreated(answer.body), "change");
  }

  async delete(definition: ClassDefinition, selectors: Selectors, options: CallOptions = {}): Promise<void> {
    await this.raw(this.#about(definition, "Delete", actions.delete, "change", selectors, options));
    this.#wrote(definition, "Delete", undefined);
  }

  /** Reads all instances of a class and of those derived from it, as that class. */
  async enumerate<C extends ClassDefinition>(definition: C, options: CallOptions = {}): Promise<Instance<C>[]> {
    const items = await this.enumerateElements(definition, options);
    return this.#decode(definition, () => items.map((one) => decodeInstance(definition, one).value));
  }

  /** Reads the instances of a class without those of derived ones. */
  async enumerateExactly<C extends ClassDefinition>(definition: C, options: CallOptions = {}): Promise<Instance<C>[]> {
    const items = await this.enumerateElements(definition, options);
    const own = items.filter((one) => one.name === definition.name);
    return this.#decode(definition, () => own.map((one) => decodeInstance(definition, one).value));
  }

  /** Like enumerate(), not decoded: each element's name is its own class. */
  async enumerateElements(
    definition: ClassDefinition,
    options: CallOptions & Partial<EnumerateBody> = {},
  ): Promise<XmlElement[]> {
    const start = this.#about(definition, "Enumerate", actions.enumerate, "read", noSelectors, options);
    const opened = await this.raw({ ...start, body: encodeEnumerate(options) });
    let context = this.#decode(definition, () => decodeEnumerateResponse(opened.body));
    const items: XmlElement[] = [];
    for (let pulls = 0; pulls < maxPulls && items.length <= maxItems; pulls += 1) {
      const pull = encodePull({ context, maxElements: pullMaxElements, maxCharacters: pullMaxCharacters });
      const request = this.#about(definition, "Pull", actions.pull, "cursor", noSelectors, options);
      const answer = await this.raw({ ...request, body: pull });
      const page = this.#decode(definition, () => decodePullResponse(answer.body));
      items.push(...page.items);
      if (page.isEnd) return items;
      context = page.context ?? context;
    }
    await this.raw({
      ...this.#about(definition, "Release", actions.release, "cursor", noSelectors, options),
      body: encodeRelease(context),
    });
    const reason = "the enumeration does not end";
    throw fail("amt.answer.too-large", { details: { ...this.#connection.details, class: definition.name, reason } });
  }

  /**
   * Calls a method. A non-zero ReturnValue is no error here: what it means depends on the method.
   * @param options.effect "change" unless said otherwise
   */
  async invoke<C extends ClassDefinition, N extends MethodName<C>>(
    definition: C,
    name: N,
    input: Input<C, N>,
    options: CallOptions & { readonly effect?: Effect; readonly selectors?: Selectors } = {},
  ): Promise<Returned<C, N>> {
    const { effect = "change", selectors = noSelectors } = options;
    const action = `${definition.uri}/${name}`;
    const request = this.#about(definition, name, action, effect, selectors, options);
    // A method that came later than its class says so; it goes with the class.
    const lifetime = { ...definition, ...definition.methods[name] };
    const body = encodeInput(definition, name, input);
    const answer = await this.raw({ ...request, lifetime, body });
    if (effect === "change") this.#wrote(definition, name, body);
    return this.#decode(
      definition,
      () => {
        const { value } = decodeOutput(definition, name, bodyOf(answer));
        if (value.ReturnValue === undefined) throw this.#fail("amt.answer.invalid", { reason: "no ReturnValue" });
        return { ...value, ReturnValue: value.ReturnValue };
      },
      effect,
    );
  }

  /** Asks what the device is. Needs the login, like everything. */
  async identify(options: CallOptions = {}): Promise<Identity> {
    const about = { class: "", method: "Identify" };
    const answer = await this.raw({ ...options, action: "", effect: "read", about, body: encodeIdentify() });
    return decodeIdentifyResponse(answer.body);
  }

  /**
   * Sends any message and returns the answer that belongs to it.
   * @throws amt.answer.invalid, amt.answer.mismatched, amt.answer.status, wsman.fault.* (device)
   */
  async raw(request: RawRequest): Promise<ResponseMessage> {
    this.#lastMessageId += 1;
    const messageId = String(this.#lastMessageId);
    const body = encodeRequest({
      action: request.action,
      messageId,
      operationTimeoutMs,
      selectors: request.selectors ?? noSelectors,
      hasOptions: false,
      mustUnderstand: [],
      ...(request.resourceUri === undefined ? {} : { resourceUri: request.resourceUri }),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const { effect, signal, timeoutMs, lifetime } = request;
    this.#requireRelease(lifetime, request.about);
    try {
      const answer = await this.#connection.exchange({
        body,
        effect,
        ...(signal === undefined ? {} : { signal }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return this.#read(answer, messageId, effect);
    } catch (cause) {
      const isUnknown = cause instanceof VigilError && cause.code === "wsman.fault.destinationUnreachable";
      if (isUnknown) this.#requireRelease(lifetime, request.about);
      throw cause instanceof VigilError ? withDetails(cause, request.about) : cause;
    }
  }

  async #get(definition: ClassDefinition, selectors: Selectors, options: CallOptions): Promise<XmlElement> {
    const answer = await this.raw(this.#about(definition, "Get", actions.get, "read", selectors, options));
    return this.#decode(definition, () => bodyOf(answer));
  }

  async #put<C extends ClassDefinition>(
    definition: C,
    body: XmlElement,
    selectors: Selectors,
    options: CallOptions,
    before?: XmlElement,
  ): Promise<Instance<C>> {
    const request = this.#about(definition, "Put", actions.put, "change", selectors, options);
    const answer = await this.raw({ ...request, body });
    this.#wrote(definition, "Put", body, before);
    // For two classes of remote access firmware answers with nothing at all. @source recorded answers
    const read = answer.body ?? (await this.#get(definition, selectors, options));
    return this.#decode(definition, () => decodeInstance(definition, read).value, "change");
  }

  /** Tells whoever keeps a record; costs nothing where nobody does. */
  #wrote({ name: className }: ClassDefinition, method: string, after?: XmlElement, before?: XmlElement): void {
    const { onWrite } = this.#connection;
    onWrite?.(writeOf({ className, method }, after, before));
  }

  #about(
    definition: ClassDefinition,
    method: string,
    action: string,
    effect: Effect,
    selectors: Selectors,
    options: CallOptions,
  ): RawRequest {
    const { signal, timeoutMs } = options;
    return {
      action,
      resourceUri: definition.uri,
      selectors,
      effect,
      lifetime: definition,
      about: { class: definition.name, method },
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
  }

  /** Refuses what the device's release lacks, once it has named its release. @throws amt.release.lacking (device) */
  #requireRelease(lifetime: Lifetime | undefined, about: Readonly<Record<string, string>>): void {
    const { release, details } = this.#connection;
    if (lifetime === undefined || release === undefined || exists(lifetime, release)) return;
    const { since = "", until = "" } = lifetime;
    const window = { ...(since === "" ? {} : { since }), ...(until === "" ? {} : { until }) };
    throw fail("amt.release.lacking", { details: { ...details, ...about, release, ...window } });
  }

  /** Reads the envelope. An answer to a change that cannot be read leaves its outcome unknown. */
  #read(answer: HttpMessage, messageId: string, effect: Effect): ResponseMessage {
    const { status } = answer;
    // Firmware's faults are 400 and 500; all other errors come as pages for people. @source protocols A.6
    if (status !== 200 && status !== 400 && status !== 500) throw this.#fail("amt.answer.status", { status });
    let root: XmlElement;
    try {
      root = parseXml(answer.body);
    } catch (cause) {
      if (status !== 200) throw this.#fail("amt.answer.status", { status });
      throw this.#unreadable(cause, effect);
    }
    const header = child(root, "Header");
    const relatesTo = header === undefined ? undefined : child(header, "RelatesTo")?.text.trim();
    // A fault may come without it, when the device could not even read which message it answers.
    if (relatesTo !== messageId && (status === 200 || relatesTo !== undefined)) {
      this.#connection.hangUp();
      const mismatch = this.#fail("amt.answer.mismatched", {
        expected: messageId,
        got: (relatesTo ?? "").slice(0, 80),
      });
      throw effect === "change" ? this.#connection.outcomeUnknown(mismatch) : mismatch;
    }
    try {
      return decodeResponse(root);
    } catch (cause) {
      if (cause instanceof VigilError && cause.code.startsWith("wsman.fault.")) throw cause;
      throw this.#unreadable(cause, effect);
    }
  }

  /** Reads a body. Its errors say which class it should have been. */
  #decode<T>(definition: ClassDefinition, read: () => T, effect: Effect = "read"): T {
    try {
      return read();
    } catch (cause) {
      const error = this.#unreadable(cause, effect);
      throw error instanceof VigilError ? withDetails(error, { class: definition.name }) : error;
    }
  }

  #unreadable(cause: unknown, effect: Effect): unknown {
    if (!(cause instanceof VigilError)) return cause;
    const invalid = fail("amt.answer.invalid", {
      details: { ...this.#connection.details, ...cause.details, reason: cause.code },
      cause,
    });
    return effect === "change" ? this.#connection.outcomeUnknown(invalid) : invalid;
  }

  #fail(code: AmtErrorCode, details: Readonly<Record<string, string | number>>): VigilError {
    return fail(code, { details: { ...this.#connection.details, ...details } });
  }
}

function bodyOf(answer: ResponseMessage): XmlElement {
  return answer.body ?? element(ns.soap, "Body", []);
}
