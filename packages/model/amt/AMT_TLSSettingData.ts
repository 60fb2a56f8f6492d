import { base64, boolean, defineClass, string } from "../define.ts";

/** TLS towards the network and towards the host, one instance each.  @source class catalogue, recorded answers */
export const AMT_TLSSettingData = defineClass("AMT_TLSSettingData", {
  parents: ["CIM_SettingData", "CIM_ManagedElement"],
  properties: {
    AcceptNonSecureConnections: boolean({ optional: true }),
    ElementName: string({ optional: true }),
    Enabled: boolean({ optional: true }),
    InstanceID: string({ key: true }),
    MutualAuthentication: boolean({ optional: true }),
    NonSecureConnectionsSupported: boolean({ optional: true, readonly: true }),
    TrustedCN: string({ list: true }),
    X509IssuerName: string({ optional: true }),
    X509SerialNumber: base64({ optional: true }),
  },
});
