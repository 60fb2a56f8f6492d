import { boolean, defineClass } from "../define.ts";
import { CIM_Dependency } from "../cim/CIM_Dependency.ts";

/** Ties a System Defense policy to an interface.  @source class catalogue */
export const AMT_InterfacePolicy = defineClass("AMT_InterfacePolicy", {
  extends: CIM_Dependency,
  properties: {
    Active: boolean(),
  },
});
