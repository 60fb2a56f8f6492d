import { defineClass, string } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Sends traps, and names their community.  @source class catalogue */
export const AMT_EventManagerService = defineClass("AMT_EventManagerService", {
  extends: CIM_Service,
  until: "17.0",
  properties: {
    DefaultCommunityString: string({ secret: true }),
  },
});
