import { defineClass, string } from "../define.ts";
import { CIM_Credential } from "./CIM_Credential.ts";

/** What credentials that both sides know have in common.  @source class catalogue */
export const CIM_SharedCredential = defineClass("CIM_SharedCredential", {
  extends: CIM_Credential,
  properties: {
    Algorithm: string(),
    InstanceID: string({ key: true }),
    Protocol: string(),
    RemoteID: string(),
    Secret: string({ secret: true }),
  },
});
