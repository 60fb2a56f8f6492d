import { boolean, defineClass } from "../define.ts";
import { CIM_Dependency } from "../cim/CIM_Dependency.ts";

/** The System Defense policy that is always in force on a port.  @source class catalogue */
export const AMT_NetworkPortDefaultSystemDefensePolicy = defineClass("AMT_NetworkPortDefaultSystemDefensePolicy", {
  extends: CIM_Dependency,
  properties: {
    Active: boolean(),
  },
});
