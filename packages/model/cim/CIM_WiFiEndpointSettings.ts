import { base64, defineClass, enumOf, hexBinary, string, uint16, uint8 } from "../define.ts";
import { CIM_SettingData } from "./CIM_SettingData.ts";

/** @source protocols B.6 */
export const authenticationMethods = {
  other: 1,
  open: 2,
  sharedKey: 3,
  wpaPsk: 4,
  wpa8021x: 5,
  wpa2Psk: 6,
  wpa28021x: 7,
  wpa3Sae: 32_768,
  wpa3Owe: 32_769,
} as const;

/** @source protocols B.6 */
export const encryptionMethods = { other: 1, wep: 2, tkip: 3, ccmp: 4, none: 5 } as const;

/** A wireless profile; its secrets are never returned.  @source class catalogue */
export const CIM_WiFiEndpointSettings = defineClass("CIM_WiFiEndpointSettings", {
  extends: CIM_SettingData,
  properties: {
    AuthenticationMethod: enumOf(authenticationMethods),
    BSSType: uint16(),
    EncryptionMethod: enumOf(encryptionMethods),
    KeyIndex: uint8(),
    Keys: hexBinary({ list: true, secret: true }),
    OtherAuthenticationMethod: string(),
    OtherEncryptionMethod: string(),
    PSKPassPhrase: string({ secret: true }),
    PSKValue: base64({ secret: true }),
    Priority: uint8(),
    SSID: string(),
  },
});
