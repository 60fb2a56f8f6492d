import { defineClass, uint32 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** How many policies and filters the device can hold.  @source class catalogue */
export const AMT_GeneralSystemDefenseCapabilities = defineClass("AMT_GeneralSystemDefenseCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    GlobalMaxSupportedFilters: uint32(),
    GlobalMaxSupportedPolicies: uint32(),
  },
});
