import { defineClass, reference } from "../define.ts";

/** Binds a certificate to the TLS ports.  @source class catalogue, recorded answers */
export const AMT_TLSCredentialContext = defineClass("AMT_TLSCredentialContext", {
  parents: ["CIM_CredentialContext"],
  properties: {
    ElementInContext: reference("CIM_ManagedElement", { key: true }),
    ElementProvidingContext: reference("CIM_ManagedElement", { key: true }),
  },
});
