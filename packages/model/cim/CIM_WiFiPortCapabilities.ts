import { defineClass, string, uint16 } from "../define.ts";
import { CIM_NetworkPortCapabilities } from "./CIM_NetworkPortCapabilities.ts";

/** Which kinds of wireless network the port knows.  @source class catalogue */
export const CIM_WiFiPortCapabilities = defineClass("CIM_WiFiPortCapabilities", {
  extends: CIM_NetworkPortCapabilities,
  properties: {
    OtherSupportedPortTypes: string({ list: true }),
    SupportedPortTypes: uint16({ list: true }),
  },
});
