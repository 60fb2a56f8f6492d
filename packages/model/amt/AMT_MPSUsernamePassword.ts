import { defineClass } from "../define.ts";
import { CIM_SharedCredential } from "../cim/CIM_SharedCredential.ts";

/** The name and password that the device shows to a management presence server.  @source class catalogue */
export const AMT_MPSUsernamePassword = defineClass("AMT_MPSUsernamePassword", {
  extends: CIM_SharedCredential,
  properties: {},
});
