import { CIM_FilterCollection } from "@vigil/model/cim/CIM_FilterCollection.ts";
import { CIM_FilterCollectionSubscription } from "@vigil/model/cim/CIM_FilterCollectionSubscription.ts";
import { CIM_ListenerDestinationWSManagement } from "@vigil/model/cim/CIM_ListenerDestinationWSManagement.ts";
import { referenceTo, selectorsOf } from "@vigil/model/instances.ts";
import { ns } from "@vigil/wire/wsman/actions.ts";
import { decodeSubscribe, encodeSubscribeResponse, eventingActions } from "@vigil/wire/wsman/eventing.ts";
import type { RequestMessage } from "@vigil/wire/wsman/envelope.ts";
import { pick, type Behavior, type Refusal, type Success } from "./behavior.ts";
import type { Firmware } from "./firmware.ts";
import { amtKeys } from "./names.ts";
import { add, freeNumber, keep, storedOf } from "./stored.ts";

/** @source protocols B.17 */
const mostSubscriptions = 14;
const longestAddress = 253;

/** Subscribe and Unsubscribe. @param collections of events @returns undefined when the request is neither */
export function answerEventing(
  firmware: Firmware,
  collections: Behavior,
  request: RequestMessage,
): Success | Refusal | undefined {
  if (request.action === eventingActions.subscribe) return subscribe(firmware, collections, request);
  if (request.action === eventingActions.unsubscribe) return unsubscribe(firmware, request);
  return undefined;
}

function subscribe(
  firmware: Firmware,
  collections: Behavior,
  { resourceUri, selectors, body }: RequestMessage,
): Success | Refusal {
  if (resourceUri !== CIM_FilterCollection.uri) return { fault: "EventSourceUnableToProcess" };
  const filter = pick(collections.list(firmware), (one) => one.selectors, selectors);
  if ("fault" in filter) return filter;
  if (body?.name !== "Subscribe") return { fault: "InvalidMessage" };
  const asked = decodeSubscribe(body);
  if (asked === undefined) return { fault: "DeliveryModeRequestedUnavailable" };
  const isAddress = URL.canParse(asked.notifyTo) && /^https?:$/.test(new URL(asked.notifyTo).protocol);
  if (!isAddress || asked.notifyTo.length > longestAddress) return { fault: "InvalidParameter" };
  const destinations = storedOf(firmware, CIM_ListenerDestinationWSManagement);
  if (destinations.length >= mostSubscriptions) return { fault: "InternalError", status: 23 };
  const number = freeNumber(0, (one) => destinations.some(({ Name }) => Name === destinationName(one)));
  const Handler = add(firmware, CIM_ListenerDestinationWSManagement, {
    // Not the class's name: firmware cuts it short. @source protocols B.17
    CreationClassName: "CIM_ListenerDestinationWSMAN",
    DeliveryMode: asked.mode === "push" ? 2 : 3,
    Destination: asked.notifyTo,
    ElementName: "Intel(r) AMT Listener Destination",
    Name: destinationName(number),
    PersistenceType: asked.expires === undefined ? 2 : 3,
    ...amtKeys,
  });
  const Filter = referenceTo(CIM_FilterCollection, filter.one.selectors);
  const manager = add(firmware, CIM_FilterCollectionSubscription, { Filter, Handler });
  firmware.audit("event.subscribed");
  return {
    action: eventingActions.subscribeResponse,
    resourceUri,
    body: encodeSubscribeResponse(manager, asked.expires ?? "PT0S"),
    namespaces: [ns.wse],
  };
}

function unsubscribe(firmware: Firmware, { resourceUri, selectors }: RequestMessage): Success | Refusal {
  if (resourceUri !== CIM_FilterCollectionSubscription.uri) return { fault: "DestinationUnreachable" };
  const stored = storedOf(firmware, CIM_FilterCollectionSubscription);
  const found = pick(stored, (one) => selectorsOf(CIM_FilterCollectionSubscription, one), selectors);
  if ("fault" in found) return found;
  const name = found.one.Handler?.selectors["Name"];
  const destinations = storedOf(firmware, CIM_ListenerDestinationWSManagement);
  keep(
    firmware,
    CIM_FilterCollectionSubscription,
    stored.filter((one) => one !== found.one),
  );
  keep(
    firmware,
    CIM_ListenerDestinationWSManagement,
    destinations.filter((one) => one.Name !== name),
  );
  firmware.audit("event.unsubscribed");
  return { action: eventingActions.unsubscribeResponse, resourceUri, namespaces: [ns.wse] };
}

function destinationName(number: number): string {
  return `Intel(r) AMT:Listener Destination ${number}`;
}
