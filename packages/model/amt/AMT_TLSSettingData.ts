import { base64, boolean, defineClass, string } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** TLS towards the network and towards the host, one instance each.  @source class catalogue */
export const AMT_TLSSettingData = defineClass("AMT_TLSSettingData", {
  extends: CIM_SettingData,
  properties: {
    AcceptNonSecureConnections: boolean({ since: "6.0" }),
    Enabled: boolean(),
    MutualAuthentication: boolean(),
    NonSecureConnectionsSupported: boolean({ readonly: true, since: "17.0" }),
    TrustedCN: string({ list: true }),
    X509IssuerName: string(),
    X509SerialNumber: base64(),
  },
});
