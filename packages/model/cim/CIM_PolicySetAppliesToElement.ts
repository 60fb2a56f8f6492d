import { defineClass, reference } from "../define.ts";

/** Ties a policy to what it applies to.  @source class catalogue */
export const CIM_PolicySetAppliesToElement = defineClass("CIM_PolicySetAppliesToElement", {
  properties: {
    ManagedElement: reference("CIM_ManagedElement", { key: true }),
    PolicySet: reference("CIM_PolicySet", { key: true }),
  },
});
