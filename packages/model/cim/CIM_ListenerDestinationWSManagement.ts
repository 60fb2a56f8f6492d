import { boolean, defineClass, string, uint16, uint64 } from "../define.ts";
import { CIM_ListenerDestination } from "./CIM_ListenerDestination.ts";

/** Where an event subscription delivers to.  @source class catalogue */
export const CIM_ListenerDestinationWSManagement = defineClass("CIM_ListenerDestinationWSManagement", {
  extends: CIM_ListenerDestination,
  properties: {
    ContentEncoding: string(),
    DeliveryAuth: string(),
    DeliveryMode: uint16(),
    DestinationEndTo: string(),
    Heartbeat: uint64(),
    Locale: string(),
    MaxTime: uint64(),
    PolyMorphismMode: uint16(),
    SendBookmark: boolean(),
  },
});
