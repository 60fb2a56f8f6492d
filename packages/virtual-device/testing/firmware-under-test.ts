import { generateKeyPairSync } from "node:crypto";
import { testClock, type TestClock } from "@vigil/base/clock.ts";
import type { ClassDefinition, Input, Instance, MethodName, Output } from "@vigil/model/define.ts";
import { decodeInstance, decodeOutput, encodeInput, encodeInstance } from "@vigil/model/instances.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import { decodePullResponse, encodeEnumerate, encodePull } from "@vigil/wire/wsman/bodies.ts";
import {
  decodeResponse,
  encodeRequest,
  type RequestMessage,
  type ResponseMessage,
} from "@vigil/wire/wsman/envelope.ts";
import type { Selectors } from "@vigil/wire/wsman/reference.ts";
import { child, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { Firmware, type Caller, type FirmwareOptions } from "../firmware.ts";
import { identityOf } from "../identity.ts";
import { answerWsman, type WsmanAnswer } from "../wsman.ts";

/** A manager whom the device has accepted for its setup. */
export const setupManager: Caller = { username: "admin", channel: "tls", hasSetupCertificate: true };

/** A firmware without a network, and its clock, which stands still. */
export function aFirmware(options: Partial<FirmwareOptions> = {}): { firmware: Firmware; clock: TestClock } {
  const clock = testClock();
  let count = 0;
  const firmware = new Firmware({
    identity: identityOf("under test", 1),
    clock,
    keys: { next: () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem).toString() },
    random: (bytes) => new Uint8Array(bytes).fill((count += 1)),
    trustedRootHashes: ["c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4"],
    domainSuffix: "site.example",
    powerDelayMs: 4_000,
    ...options,
  });
  return { firmware, clock };
}

const pem = { type: "pkcs8", format: "pem" } as const;

/** Asks one firmware, envelope by envelope. A fault is thrown as `wsman.fault.…`. */
export class Asker {
  readonly firmware: Firmware;
  readonly #caller: Caller;

  constructor(firmware: Firmware, caller: Caller = setupManager) {
    this.firmware = firmware;
    this.#caller = caller;
  }

  /** The answer as it leaves the device. */
  exchange(request: Partial<RequestMessage>): Promise<WsmanAnswer> {
    const whole = { action: "", messageId: "1", selectors: {}, hasOptions: false, mustUnderstand: [], ...request };
    return answerWsman(this.firmware, this.#caller, Buffer.from(encodeRequest(whole)));
  }

  async ask(request: Partial<RequestMessage>): Promise<ResponseMessage> {
    return decodeResponse(parseXml((await this.exchange(request)).xml));
  }

  async get<C extends ClassDefinition>(definition: C, selectors: Selectors = {}): Promise<Instance<C>> {
    const { body } = await this.ask({ action: actions.get, resourceUri: definition.uri, selectors });
    return decodeInstance(definition, required(body)).value;
  }

  async put<C extends ClassDefinition>(
    definition: C,
    value: Partial<Instance<C>>,
    selectors: Selectors = {},
  ): Promise<Instance<C>> {
    const body = encodeInstance(definition, value);
    const answer = await this.ask({ action: actions.put, resourceUri: definition.uri, selectors, body });
    return decodeInstance(definition, required(answer.body)).value;
  }

  async delete(definition: ClassDefinition, selectors: Selectors): Promise<void> {
    await this.ask({ action: actions.delete, resourceUri: definition.uri, selectors });
  }

  async call<C extends ClassDefinition, N extends MethodName<C>>(
    definition: C,
    method: N,
    input: Input<C, N>,
  ): Promise<Output<C, N>> {
    const body = encodeInput(definition, method, input);
    const action = `${definition.uri}/${method}`;
    const answer = await this.ask({ action, resourceUri: definition.uri, body });
    return decodeOutput(definition, method, required(answer.body)).value;
  }

  /** All instances, pulled `atOnce` at a time. */
  async list(definition: ClassDefinition, atOnce = 999): Promise<XmlElement[]> {
    const resourceUri = definition.uri;
    const opened = await this.ask({ action: actions.enumerate, resourceUri, body: encodeEnumerate() });
    const context = child(required(opened.body), "EnumerationContext")?.text ?? "";
    const items: XmlElement[] = [];
    for (;;) {
      const body = encodePull({ context, maxElements: atOnce, maxCharacters: 99_999 });
      const pulled = decodePullResponse((await this.ask({ action: actions.pull, resourceUri, body })).body);
      items.push(...pulled.items);
      if (pulled.isEnd) return items;
    }
  }
}

function required(body: XmlElement | undefined): XmlElement {
  if (body === undefined) throw new Error("The answer has no body");
  return body;
}
