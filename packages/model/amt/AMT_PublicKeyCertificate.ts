import { base64, boolean, defineClass, string } from "../define.ts";

/** A certificate in the device's store. `TrustedRootCertficate` is spelled as on the wire.  @source class catalogue, recorded answers */
export const AMT_PublicKeyCertificate = defineClass("AMT_PublicKeyCertificate", {
  parents: ["CIM_Credential", "CIM_ManagedElement"],
  properties: {
    ElementName: string({ optional: true }),
    InstanceID: string({ key: true }),
    Issuer: string({ optional: true }),
    ReadOnlyCertificate: boolean({ optional: true }),
    Subject: string({ optional: true }),
    TrustedRootCertficate: boolean({ optional: true }),
    X509Certificate: base64({ optional: true }),
  },
  hasDatetime: true,
});
