import { defineClass } from "../define.ts";
import { CIM_Service } from "./CIM_Service.ts";

/** What services for security have in common.  @source class catalogue */
export const CIM_SecurityService = defineClass("CIM_SecurityService", {
  extends: CIM_Service,
  properties: {},
});
