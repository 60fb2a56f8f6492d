import { defineClass, reference } from "../define.ts";

/** Ties a profile to what conforms to it.  @source class catalogue */
export const CIM_ElementConformsToProfile = defineClass("CIM_ElementConformsToProfile", {
  properties: {
    ConformantStandard: reference("CIM_ManagedElement", { key: true }),
    ManagedElement: reference("CIM_ManagedElement", { key: true }),
  },
});
