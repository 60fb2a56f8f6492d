import { defineClass } from "../define.ts";
import { CIM_CredentialContext } from "../cim/CIM_CredentialContext.ts";

/** Ties the credentials of a management presence server to it.  @source class catalogue */
export const AMT_RemoteAccessCredentialContext = defineClass("AMT_RemoteAccessCredentialContext", {
  extends: CIM_CredentialContext,
  properties: {},
});
