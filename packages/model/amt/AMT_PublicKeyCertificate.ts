import { base64, boolean, defineClass, string } from "../define.ts";
import { CIM_Credential } from "../cim/CIM_Credential.ts";

/** A certificate in the device's store. `TrustedRootCertficate` is spelled as on the wire.  @source class catalogue */
export const AMT_PublicKeyCertificate = defineClass("AMT_PublicKeyCertificate", {
  extends: CIM_Credential,
  properties: {
    InstanceID: string({ key: true }),
    Issuer: string({ readonly: true }),
    ReadOnlyCertificate: boolean({ readonly: true, since: "16.0" }),
    Subject: string({ readonly: true }),
    TrustedRootCertficate: boolean({ readonly: true }),
    X509Certificate: base64(),
  },
});
