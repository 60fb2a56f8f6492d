import { boolean, defineClass, string, uint16 } from "../define.ts";
import { CIM_LANEndpoint } from "./CIM_LANEndpoint.ts";

/** The wireless endpoint that profiles are added to.  @source class catalogue */
export const CIM_WiFiEndpoint = defineClass("CIM_WiFiEndpoint", {
  extends: CIM_LANEndpoint,
  properties: {
    AccessPointAddress: string(),
    Associated: boolean(),
    AuthenticationMethod: uint16(),
    BSSType: uint16(),
    EncryptionMethod: uint16(),
    IEEE8021xAuthenticationProtocol: uint16(),
    OtherAuthenticationMethod: string(),
    OtherEncryptionMethod: string(),
  },
});
