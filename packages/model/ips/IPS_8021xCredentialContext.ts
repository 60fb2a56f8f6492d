import { defineClass } from "../define.ts";
import { CIM_CredentialContext } from "../cim/CIM_CredentialContext.ts";

/** Ties the certificates of the wired 802.1X settings to them.  @source class catalogue */
export const IPS_8021xCredentialContext = defineClass("IPS_8021xCredentialContext", {
  extends: CIM_CredentialContext,
  since: "11.0",
  properties: {},
});
