import { defineClass } from "../define.ts";
import { CIM_ServiceSAPDependency } from "../cim/CIM_ServiceSAPDependency.ts";

/** Ties a receiver of traps to the event manager.  @source class catalogue */
export const AMT_TrapTargetForService = defineClass("AMT_TrapTargetForService", {
  extends: CIM_ServiceSAPDependency,
  until: "17.0",
  properties: {},
});
