import { boolean, defineClass, uint16 } from "../define.ts";
import { CIM_Capabilities } from "./CIM_Capabilities.ts";

/** Which 802.1X protocols the device speaks.  @source class catalogue */
export const CIM_IEEE8021xCapabilities = defineClass("CIM_IEEE8021xCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    FastRoamingSupported: boolean(),
    RoamingSupported: boolean(),
    SupportedAuthenticationProtocols: uint16({ list: true }),
  },
});
