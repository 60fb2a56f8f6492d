import { defineClass } from "../define.ts";
import { CIM_SecurityService } from "./CIM_SecurityService.ts";

/** What services that authenticate have in common.  @source class catalogue */
export const CIM_AuthenticationService = defineClass("CIM_AuthenticationService", {
  extends: CIM_SecurityService,
  properties: {},
});
