import { defineClass, reference, uint16 } from "../define.ts";

/** Ties a credential to the settings that use it.  @source class catalogue */
export const CIM_CredentialContext = defineClass("CIM_CredentialContext", {
  properties: {
    ElementInContext: reference("CIM_Credential", { key: true }),
    ElementProvidingContext: reference("CIM_ManagedElement", { key: true }),
    Usage: uint16(),
  },
});
