import { defineClass } from "../define.ts";
import { CIM_Dependency } from "../cim/CIM_Dependency.ts";

/** Ties a live session to its port.  @source class catalogue */
export const IPS_SessionUsingPort = defineClass("IPS_SessionUsingPort", {
  extends: CIM_Dependency,
  properties: {},
});
