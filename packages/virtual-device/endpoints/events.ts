import { request } from "node:http";
import type { Clock } from "@vigil/base/clock.ts";
import { CIM_AlertIndication } from "@vigil/model/cim/CIM_AlertIndication.ts";
import { CIM_ListenerDestinationWSManagement } from "@vigil/model/cim/CIM_ListenerDestinationWSManagement.ts";
import { encodeInstance } from "@vigil/model/instances.ts";
import { encodeEvent } from "@vigil/wire/wsman/eventing.ts";
import type { Alert, Firmware } from "../firmware.ts";
import { storedOf } from "../stored.ts";

/** Events that wait for one device's listeners; the oldest go. Chosen. */
const mostWaiting = 64;
/** UNVERIFIED: firmware's own patience. */
const sendLimitMs = 5_000;
const tries = 3;
const pauseMs = 10_000;

interface Waiting {
  readonly to: string;
  readonly needsAck: boolean;
  readonly alert: Alert;
}

/** Sends a device's events to those who subscribed to them, one at a time. Delivery over https is not spoken. @source protocols B.17 */
export class EventSender {
  readonly #firmware: Firmware;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  readonly #queue: Waiting[] = [];
  #isBusy = false;

  constructor(firmware: Firmware) {
    this.#firmware = firmware;
    this.#clock = firmware.clock;
    firmware.onAlert((alert) => this.#enqueue(alert));
  }

  stop(): void {
    this.#queue.length = 0;
    this.#stopped.abort();
  }

  #enqueue(alert: Alert): void {
    for (const { Destination = "", DeliveryMode } of storedOf(this.#firmware, CIM_ListenerDestinationWSManagement)) {
      if (!Destination.startsWith("http:")) continue;
      this.#queue.push({ to: Destination, needsAck: DeliveryMode === 3, alert });
    }
    this.#queue.splice(0, this.#queue.length - mostWaiting);
    if (!this.#isBusy) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) await this.#deliver(next);
    this.#isBusy = false;
  }

  async #deliver({ to, needsAck, alert }: Waiting): Promise<void> {
    const { firmware } = { firmware: this.#firmware };
    const body = encodeInstance(CIM_AlertIndication, indicationOf(firmware, alert));
    const message = { messageId: firmware.nextMessageId(), resourceUri: CIM_AlertIndication.uri, needsAck, body };
    const xml = encodeEvent(message);
    for (let attempt = 0; attempt < tries && !this.#stopped.signal.aborted; attempt += 1) {
      if (await this.#post(to, xml)) return;
      // A listener that is not there now may be back soon; a stopped device waits for nobody.
      await this.#clock.sleep(pauseMs, this.#stopped.signal).catch(() => {});
    }
  }

  #post(to: string, xml: string): Promise<boolean> {
    const late = (): Error => new Error("The listener did not answer in time");
    const limit = this.#clock.deadline(sendLimitMs, late, this.#stopped.signal);
    return new Promise<boolean>((resolve) => {
      const headers = {
        "User-Agent": "Intel(R) AMT Agent",
        Connection: "Keep-Alive",
        "Content-Length": Buffer.byteLength(xml),
      };
      const asked = request(to, { method: "POST", headers, signal: limit.signal, agent: false }, (answer) => {
        answer.resume();
        const { statusCode = 500 } = answer;
        answer.once("end", () => resolve(statusCode >= 200 && statusCode < 300));
        answer.once("error", () => resolve(false));
      });
      asked.once("error", () => resolve(false));
      asked.end(xml);
    }).finally(() => limit[Symbol.dispose]());
  }
}

/** What is sent of an alert. @source protocols B.17 "Body properties in order" */
export function indicationOf(firmware: Firmware, { messageId, argument }: Alert) {
  const path = 'Interop:CIM_ComputerSystem.CreationClassName="CIM_ComputerSystem",Name="Intel(r) AMT"';
  return {
    AlertType: 8,
    AlertingElementFormat: 2,
    AlertingManagedElement: path,
    IndicationFilterName: "Intel(r) AMT:AllEvents",
    IndicationIdentifier: `Intel(r):${Math.trunc(firmware.clock.monotonic())}`,
    IndicationTime: { datetime: new Date(firmware.now()).toISOString() },
    Message: "",
    MessageArguments: [argument, path],
    MessageID: messageId,
    OtherAlertingElementFormat: "",
    OtherSeverity: "",
    OwningEntity: "Intel(r) AMT",
    PerceivedSeverity: 2,
    ProbableCause: 0,
    SystemName: "Intel(r) AMT",
  };
}
