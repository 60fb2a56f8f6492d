import { defineClass } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Switches the firmware's own web page.  @source class catalogue */
export const AMT_WebUIService = defineClass("AMT_WebUIService", {
  extends: CIM_Service,
  properties: {},
});
