import { defineClass } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Filters the host's network traffic.  @source class catalogue */
export const AMT_SystemDefenseService = defineClass("AMT_SystemDefenseService", {
  extends: CIM_Service,
  properties: {},
});
