import { boolean, defineClass, uint16, uint32 } from "../define.ts";
import { CIM_Service } from "./CIM_Service.ts";

/** Delivers events to subscribers.  @source class catalogue */
export const CIM_IndicationService = defineClass("CIM_IndicationService", {
  extends: CIM_Service,
  properties: {
    DeliveryRetryAttempts: uint16(),
    DeliveryRetryInterval: uint32(),
    FilterCreationEnabled: boolean(),
    SubscriptionRemovalAction: uint16(),
    SubscriptionRemovalTimeInterval: uint32(),
  },
});
