import { defineClass } from "../define.ts";
import { CIM_Dependency } from "./CIM_Dependency.ts";

/** Ties a service to the access point it uses.  @source class catalogue */
export const CIM_ServiceSAPDependency = defineClass("CIM_ServiceSAPDependency", {
  extends: CIM_Dependency,
  until: "17.0",
  properties: {},
});
