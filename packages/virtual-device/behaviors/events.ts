import { AMT_EventManagerService } from "@vigil/model/amt/AMT_EventManagerService.ts";
import { AMT_PETCapabilities } from "@vigil/model/amt/AMT_PETCapabilities.ts";
import { AMT_PETFilterForTarget } from "@vigil/model/amt/AMT_PETFilterForTarget.ts";
import { AMT_PETFilterSetting } from "@vigil/model/amt/AMT_PETFilterSetting.ts";
import { AMT_SNMPEventSubscriber } from "@vigil/model/amt/AMT_SNMPEventSubscriber.ts";
import { AMT_TrapTargetForService } from "@vigil/model/amt/AMT_TrapTargetForService.ts";
import { CIM_FilterCollection } from "@vigil/model/cim/CIM_FilterCollection.ts";
import { CIM_FilterCollectionSubscription } from "@vigil/model/cim/CIM_FilterCollectionSubscription.ts";
import { CIM_IndicationService } from "@vigil/model/cim/CIM_IndicationService.ts";
import { CIM_ListenerDestinationWSManagement } from "@vigil/model/cim/CIM_ListenerDestinationWSManagement.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { implement, realms, type Behavior, type Refusal } from "../behavior.ts";
import { amtKeys } from "../names.ts";
import { entries } from "../entries.ts";
import { settings } from "../settings.ts";
import { freeNumber, storedOf } from "../stored.ts";

const { eventManager: realm } = realms;
/** PT_STATUS. @source protocols A.13 */
const refused = (status: number): Refusal => ({ fault: "InternalError", status });
const invalidParameter = 36;
/** @source protocols B.17 */
const mostSubscriptions = 14;
const mostFilters = 17;

const service = {
  CreationClassName: "AMT_EventManagerService",
  ElementName: "Intel(r) AMT Event Manager Service",
  Name: "Intel(r) AMT Event Manager Service",
  ...amtKeys,
} as const;

/** @source protocols B.17; names other than the first three UNVERIFIED */
const collections = ["AllEvents", "Features", "User Notification", "Platform", "FirmwareEvents"] as const;

/** Subscriptions to events, and what older firmware sends as SNMP traps. Subscribing itself: see subscriptions.ts. @source protocols B.17 */
export const events: readonly Behavior[] = [
  implement(CIM_IndicationService)({
    realm,
    list: () => [
      {
        CreationClassName: "CIM_IndicationService",
        DeliveryRetryAttempts: 3,
        DeliveryRetryInterval: 10,
        ElementName: "Intel(r) AMT Indication Service",
        FilterCreationEnabled: false,
        Name: "Intel(r) AMT Indication Service",
        ...amtKeys,
      },
    ],
  }),
  implement(CIM_FilterCollection)({
    realm,
    list: () =>
      collections.map((name) => ({
        CollectionName: `Intel(r) AMT:${name}`,
        ElementName: `Intel(r) AMT:${name}`,
        InstanceID: `Intel(r) AMT:${name}`,
      })),
  }),
  entries(CIM_FilterCollectionSubscription)({ realm, most: mostSubscriptions }),
  entries(CIM_ListenerDestinationWSManagement)({ realm, most: mostSubscriptions }),
  settings(AMT_EventManagerService)({ realm, list: () => [service] }),
  entries(AMT_SNMPEventSubscriber)({
    realm,
    most: mostSubscriptions,
    create({ firmware }, value) {
      const { AccessInfo = "", PolicyID } = value;
      if (!/^[0-9A-Fa-f.:]{2,45}$/.test(AccessInfo) || PolicyID === undefined) return refused(invalidParameter);
      const stored = storedOf(firmware, AMT_SNMPEventSubscriber);
      const number = freeNumber(0, (one) => stored.some(({ Name }) => Name === subscriberName(one)));
      firmware.audit("event.subscribed");
      return { ...value, CreationClassName: "AMT_SNMPEventSubscriber", Name: subscriberName(number), ...amtKeys };
    },
    remove({ firmware }) {
      firmware.audit("event.unsubscribed");
      return undefined;
    },
  }),
  implement(AMT_TrapTargetForService)({
    realm,
    list: (firmware) =>
      storedOf(firmware, AMT_SNMPEventSubscriber).map((one) => ({
        Antecedent: referenceTo(AMT_SNMPEventSubscriber, one),
        Dependent: referenceTo(AMT_EventManagerService, service),
      })),
  }),
  entries(AMT_PETFilterSetting)({
    realm,
    most: mostFilters,
    builtIn: () => [presetFilter],
    create({ firmware }, value) {
      if (value.PolicyID === undefined) return refused(invalidParameter);
      const stored = storedOf(firmware, AMT_PETFilterSetting);
      const number = freeNumber(1, (one) => stored.some(({ InstanceID }) => InstanceID === filterId(one)));
      return { ...value, ElementName: "Intel(r) AMT: PET Filter", InstanceID: filterId(number) };
    },
  }),
  implement(AMT_PETFilterForTarget)({
    realm,
    list: (firmware) =>
      storedOf(firmware, AMT_SNMPEventSubscriber).flatMap((target) =>
        [presetFilter, ...storedOf(firmware, AMT_PETFilterSetting)]
          .filter((filter) => filter.PolicyID === target.PolicyID)
          .map((filter) => ({
            Antecedent: referenceTo(AMT_PETFilterSetting, filter),
            Dependent: referenceTo(AMT_SNMPEventSubscriber, target),
          })),
      ),
  }),
  implement(AMT_PETCapabilities)({
    realm,
    list: () =>
      [5, 6, 15, 18, 30, 32, 35, 36, 37].map((EventSensorType, Index) => ({
        AssertionEvent: true,
        DeassertionEvent: false,
        DeviceAddress: 255,
        ElementName: "Intel(r) AMT: PET Capabilities",
        Entity: 38,
        EntityInstance: 0,
        EventOffset: 255,
        EventSensorType,
        EventSeverity: 255,
        EventSourceType: 104,
        EventType: 111,
        Index,
        InstanceID: `Intel(r) AMT:PET Capabilities ${Index}`,
        IsLegacySensor: false,
        SensorNumber: 255,
      })),
  }),
];

/** The filter that firmware brings along: every event. @source protocols B.17 "PolicyID 134" */
const presetFilter = {
  DeviceAddress: 255,
  ElementName: "Intel(r) AMT: PET Filter",
  EnableFilter: true,
  Entity: 255,
  EntityInstance: 255,
  EventOffset: 255,
  EventSensorType: 255,
  EventSeverity: 255,
  EventSourceType: 255,
  EventType: 255,
  InstanceID: filterId(0),
  LogOnEvent: true,
  OEMFilter: false,
  PolicyID: 134,
  SendAlert: true,
  SensorNumber: 255,
} as const;

function filterId(number: number): string {
  return `Intel(r) AMT:PET Filter ${number}`;
}

function subscriberName(number: number): string {
  return `Intel(r) AMT:SNMP Event Subscriber ${number}`;
}
