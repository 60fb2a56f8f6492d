import { defineClass, string, uint16 } from "../define.ts";
import { CIM_Capabilities } from "./CIM_Capabilities.ts";

/** What can be asked of the power.  @source class catalogue */
export const CIM_PowerManagementCapabilities = defineClass("CIM_PowerManagementCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    OtherPowerCapabilitiesDescriptions: string({ list: true }),
    OtherPowerChangeCapabilities: string(),
    PowerCapabilities: uint16({ list: true }),
    PowerChangeCapabilities: uint16({ list: true }),
    PowerStatesSupported: uint16({ list: true }),
    RequestedPowerStatesSupported: uint16({ list: true }),
  },
});
