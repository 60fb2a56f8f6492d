import { defineClass, string, uint16 } from "../define.ts";
import { CIM_EnabledLogicalElementCapabilities } from "./CIM_EnabledLogicalElementCapabilities.ts";

/** Which wireless security the device knows.  @source class catalogue */
export const CIM_WiFiEndpointCapabilities = defineClass("CIM_WiFiEndpointCapabilities", {
  extends: CIM_EnabledLogicalElementCapabilities,
  properties: {
    OtherSupportedAuthenticationMethods: string({ list: true }),
    OtherSupportedEncryptionMethods: string({ list: true }),
    SupportedAuthenticationMethods: uint16({ list: true }),
    SupportedEncryptionMethods: uint16({ list: true }),
  },
});
