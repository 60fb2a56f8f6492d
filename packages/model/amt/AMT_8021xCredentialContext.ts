import { defineClass } from "../define.ts";
import { CIM_CredentialContext } from "../cim/CIM_CredentialContext.ts";

/** Ties the certificates of the wired 802.1X profile to it.  @source class catalogue */
export const AMT_8021xCredentialContext = defineClass("AMT_8021xCredentialContext", {
  extends: CIM_CredentialContext,
  until: "15.0",
  properties: {},
});
