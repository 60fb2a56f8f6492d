import { defineClass, string } from "../define.ts";
import { CIM_Collection } from "./CIM_Collection.ts";

/** A set of events that can be subscribed to.  @source class catalogue */
export const CIM_FilterCollection = defineClass("CIM_FilterCollection", {
  extends: CIM_Collection,
  properties: {
    CollectionName: string(),
    InstanceID: string({ key: true }),
  },
});
