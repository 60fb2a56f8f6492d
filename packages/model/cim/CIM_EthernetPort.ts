import { defineClass, string, uint16, uint32 } from "../define.ts";
import { CIM_NetworkPort } from "./CIM_NetworkPort.ts";

/** The wired network port.  @source class catalogue */
export const CIM_EthernetPort = defineClass("CIM_EthernetPort", {
  extends: CIM_NetworkPort,
  properties: {
    Capabilities: uint16({ list: true }),
    CapabilityDescriptions: string({ list: true }),
    EnabledCapabilities: uint16({ list: true }),
    MaxDataSize: uint32(),
    OtherEnabledCapabilities: string({ list: true }),
  },
});
