import { base64, defineClass, string } from "../define.ts";

/** A key pair in the device's store; `DERKey` is its public half as PKCS#1.  @source class catalogue, recorded answers */
export const AMT_PublicPrivateKeyPair = defineClass("AMT_PublicPrivateKeyPair", {
  parents: ["CIM_Credential", "CIM_ManagedElement"],
  properties: {
    DERKey: base64({ optional: true }),
    ElementName: string({ optional: true }),
    InstanceID: string({ key: true }),
  },
  hasDatetime: true,
});
