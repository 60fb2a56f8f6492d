import { defineClass } from "../define.ts";
import { CIM_AbstractIndicationSubscription } from "./CIM_AbstractIndicationSubscription.ts";

/** Ties a set of events to the destination that gets them.  @source class catalogue */
export const CIM_FilterCollectionSubscription = defineClass("CIM_FilterCollectionSubscription", {
  extends: CIM_AbstractIndicationSubscription,
  properties: {},
});
