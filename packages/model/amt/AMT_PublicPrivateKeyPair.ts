import { base64, defineClass, string } from "../define.ts";
import { CIM_Credential } from "../cim/CIM_Credential.ts";

/** A key pair in the device's store; `DERKey` is its public half as PKCS#1.  @source class catalogue */
export const AMT_PublicPrivateKeyPair = defineClass("AMT_PublicPrivateKeyPair", {
  extends: CIM_Credential,
  properties: {
    DERKey: base64(),
    InstanceID: string({ key: true }),
  },
});
