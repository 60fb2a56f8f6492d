import { defineClass } from "../define.ts";
import { CIM_Dependency } from "../cim/CIM_Dependency.ts";

/** Ties a trap filter to a receiver.  @source class catalogue */
export const AMT_PETFilterForTarget = defineClass("AMT_PETFilterForTarget", {
  extends: CIM_Dependency,
  until: "17.0",
  properties: {},
});
