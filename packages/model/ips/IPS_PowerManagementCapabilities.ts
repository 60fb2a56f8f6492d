import { defineClass, uint16 } from "../define.ts";
import { CIM_PowerManagementCapabilities } from "../cim/CIM_PowerManagementCapabilities.ts";

/** Which power saving states of the operating system can be asked for.  @source class catalogue */
export const IPS_PowerManagementCapabilities = defineClass("IPS_PowerManagementCapabilities", {
  extends: CIM_PowerManagementCapabilities,
  since: "11.0",
  properties: {
    OSPowerSavingStateChangeSupported: uint16(),
    OSPowerSavingStateSupported: uint16(),
  },
});
