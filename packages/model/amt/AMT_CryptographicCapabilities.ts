import { defineClass, uint32 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** Whether the device computes with hardware.  @source class catalogue */
export const AMT_CryptographicCapabilities = defineClass("AMT_CryptographicCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    HardwareAcceleration: uint32(),
  },
});
