import { defineClass } from "../define.ts";
import { CIM_CredentialContext } from "../cim/CIM_CredentialContext.ts";

/** Binds a certificate to the TLS ports.  @source class catalogue */
export const AMT_TLSCredentialContext = defineClass("AMT_TLSCredentialContext", {
  extends: CIM_CredentialContext,
  properties: {},
});
