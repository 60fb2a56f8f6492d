import { defineClass, string } from "../define.ts";

/** What everything has in common.  @source class catalogue */
export const CIM_ManagedElement = defineClass("CIM_ManagedElement", {
  properties: {
    Caption: string({ readonly: true }),
    Description: string({ readonly: true }),
    ElementName: string({ readonly: true }),
    InstanceID: string(),
  },
});
