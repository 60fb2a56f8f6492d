import { defineClass } from "../define.ts";
import { CIM_Dependency } from "../cim/CIM_Dependency.ts";

/** Which System Defense policies there are.  @source class catalogue */
export const AMT_SystemDefensePolicyInService = defineClass("AMT_SystemDefensePolicyInService", {
  extends: CIM_Dependency,
  properties: {},
});
