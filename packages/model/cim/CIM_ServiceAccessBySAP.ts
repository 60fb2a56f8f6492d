import { defineClass } from "../define.ts";
import { CIM_Dependency } from "./CIM_Dependency.ts";

/** Ties a service to the ports it is reached by.  @source class catalogue */
export const CIM_ServiceAccessBySAP = defineClass("CIM_ServiceAccessBySAP", {
  extends: CIM_Dependency,
  properties: {},
});
