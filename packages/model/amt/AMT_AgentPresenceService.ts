import { defineClass } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Watches over agents inside the operating system.  @source class catalogue */
export const AMT_AgentPresenceService = defineClass("AMT_AgentPresenceService", {
  extends: CIM_Service,
  properties: {},
});
