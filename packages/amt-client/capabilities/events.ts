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

  /** @param events e.g. "Intel(r) AMT:AllEvents" @returns the subscription's manager, as the device names it */
  async subscribe(events: string, to: Subscription, options: CallOptions = {}): Promise<EndpointReference> {
    const answer = await this.#wsman.raw({
      ...options,
      action: eventingActions.subscribe,
      resourceUri: CIM_FilterCollection.uri,
      selectors: { InstanceID: events },
      body: encodeSubscribe(to),
      effect: "change",
      about: { class: CIM_FilterCollection.name, method: "Subscribe" },
    });
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
}
