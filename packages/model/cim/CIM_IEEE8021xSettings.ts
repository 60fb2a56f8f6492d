import { base64, defineClass, enumOf, string, uint16 } from "../define.ts";
import { authenticationProtocols } from "../value-maps.ts";
import { CIM_SettingData } from "./CIM_SettingData.ts";

/** An 802.1X profile of the wireless port.  @source class catalogue */
export const CIM_IEEE8021xSettings = defineClass("CIM_IEEE8021xSettings", {
  extends: CIM_SettingData,
  properties: {
    AuthenticationProtocol: enumOf(authenticationProtocols),
    Domain: string(),
    PACPassword: string({ secret: true }),
    PSK: base64({ secret: true }),
    Password: string({ secret: true }),
    ProtectedAccessCredential: base64({ secret: true }),
    RoamingIdentity: string(),
    ServerCertificateName: string(),
    ServerCertificateNameComparison: uint16(),
    Username: string(),
  },
});
