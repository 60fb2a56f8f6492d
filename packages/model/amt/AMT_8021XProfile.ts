import { base64, boolean, defineClass, enumOf, reference, string, uint16, uint32 } from "../define.ts";
import { authenticationProtocols } from "../value-maps.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** The wired 802.1X profile of releases before 16.  @source class catalogue */
export const AMT_8021XProfile = defineClass("AMT_8021XProfile", {
  extends: CIM_SettingData,
  until: "15.0",
  properties: {
    ActiveInS0: boolean(),
    AuthenticationProtocol: enumOf(authenticationProtocols),
    ClientCertificate: reference("AMT_PublicKeyCertificate"),
    Domain: string(),
    Enabled: boolean(),
    PACPassword: string({ secret: true }),
    Password: string({ secret: true }),
    ProtectedAccessCredential: base64({ secret: true }),
    PxeTimeout: uint32(),
    RoamingIdentity: string(),
    ServerCertificateIssuer: reference("AMT_PublicKeyCertificate"),
    ServerCertificateName: string(),
    ServerCertificateNameComparison: uint16(),
    Username: string(),
  },
});
