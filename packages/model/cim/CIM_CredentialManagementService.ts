import { defineClass } from "../define.ts";
import { CIM_AuthenticationService } from "./CIM_AuthenticationService.ts";

/** What services that keep credentials have in common.  @source class catalogue */
export const CIM_CredentialManagementService = defineClass("CIM_CredentialManagementService", {
  extends: CIM_AuthenticationService,
  properties: {},
});
