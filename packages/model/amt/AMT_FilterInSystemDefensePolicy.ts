import { defineClass } from "../define.ts";
import { CIM_Dependency } from "../cim/CIM_Dependency.ts";

/** Which filters a System Defense policy has.  @source class catalogue */
export const AMT_FilterInSystemDefensePolicy = defineClass("AMT_FilterInSystemDefensePolicy", {
  extends: CIM_Dependency,
  properties: {},
});
