import { AMT_SNMPEventSubscriber } from "@vigil/model/amt/AMT_SNMPEventSubscriber.ts";
import { CIM_FilterCollection } from "@vigil/model/cim/CIM_FilterCollection.ts";
import { CIM_FilterCollectionSubscription } from "@vigil/model/cim/CIM_FilterCollectionSubscription.ts";
import { CIM_ListenerDestinationWSManagement } from "@vigil/model/cim/CIM_ListenerDestinationWSManagement.ts";
import {
  decodeSubscribeResponse,
  encodeSubscribe,
  encodeUnsubscribe,
  eventingActions,
  type Subscription,
} from "@vigil/wire/wsman/eventing.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** A subscription that the device has. */
export interface EventSubscription {
  /** Which set of events, e.g. "Intel(r) AMT:AllEvents". */
  readonly events: string;
  /** Where they go; empty when the device does not say. */
  readonly notifyTo: string;
  /** Ends it. */
  readonly manager: { readonly Filter: EndpointReference; readonly Handler: EndpointReference };
}

/** A receiver of SNMP traps, which is what firmware before 18 can send as well. */
export interface TrapReceiver {
  readonly name: string;
  /** IPv4 or IPv6. */
  readonly address: string;
}

/** The filter that firmware brings along. @source protocols B.17 "PolicyID 134" */
const allEvents = 134;

/** Events that the device sends by itself. @source protocols B.17 */
export class Events {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /** The sets of events that can be subscribed to. */
  async collections(options: CallOptions = {}): Promise<string[]> {
    return (await this.#wsman.enumerate(CIM_FilterCollection, options)).map((one) => one.InstanceID);
  }

  async list(options: CallOptions = {}): Promise<EventSubscription[]> {
    const subscriptions = await this.#wsman.enumerate(CIM_FilterCollectionSubscription, options);
    const destinations = await this.#wsman.enumerate(CIM_ListenerDestinationWSManagement, options);
    return subscriptions.map(({ Filter, Handler }) => ({
      events: String(Filter.selectors["InstanceID"] ?? ""),
      notifyTo: destinations.find((one) => one.Name === Handler.selectors["Name"])?.Destination ?? "",
      manager: { Filter, Handler },
    }));
  }

  /**
   * @param events e.g. "Intel(r) AMT:AllEvents"
   * @returns the subscription's manager, as the device names it
   * @throws amt.events.refused (device)
   */
  async subscribe(events: string, to: Subscription, options: CallOptions = {}): Promise<EndpointReference> {
    const answer = await this.#told(
      this.#wsman.raw({
        ...options,
        action: eventingActions.subscribe,
        resourceUri: CIM_FilterCollection.uri,
        selectors: { InstanceID: events },
        body: encodeSubscribe(to),
        effect: "change",
        about: { class: CIM_FilterCollection.name, method: "Subscribe" },
      }),
    );
    return decodeSubscribeResponse(answer.body);
  }

  async unsubscribe({ manager }: Pick<EventSubscription, "manager">, options: CallOptions = {}): Promise<void> {
    await this.#wsman.raw({
      ...options,
      action: eventingActions.unsubscribe,
      resourceUri: CIM_FilterCollectionSubscription.uri,
      selectors: manager,
      body: encodeUnsubscribe(),
      effect: "change",
      about: { class: CIM_FilterCollectionSubscription.name, method: "Unsubscribe" },
    });
  }

  /** Who is sent SNMP traps. @throws amt.release.lacking (device) from AMT 18 on; so do the next two */
  async trapReceivers(options: CallOptions = {}): Promise<TrapReceiver[]> {
    const all = await this.#wsman.enumerate(AMT_SNMPEventSubscriber, options);
    return all.map((one) => ({ name: one.Name, address: one.AccessInfo ?? "" }));
  }

  /** Has the device send every event as an SNMP trap. @param to.community of the trap @throws amt.events.refused (device) */
  async addTrapReceiver(
    to: { readonly address: string; readonly community: string },
    options: CallOptions = {},
  ): Promise<void> {
    const value = { AccessInfo: to.address, CommunityString: to.community, PolicyID: allEvents };
    await this.#told(this.#wsman.create(AMT_SNMPEventSubscriber, value, options));
  }

  /** @param name from trapReceivers() */
  async removeTrapReceiver(name: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(AMT_SNMPEventSubscriber, { Name: name }, options);
  }

  async #told<T>(change: Promise<T>): Promise<T> {
    try {
      return await change;
    } catch (cause) {
      throw refusalOf("amt.events.refused", cause);
    }
  }
}
