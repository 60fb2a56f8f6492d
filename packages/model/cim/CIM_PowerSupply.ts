import { boolean, defineClass, uint16, uint32 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** A power supply of the host.  @source class catalogue */
export const CIM_PowerSupply = defineClass("CIM_PowerSupply", {
  extends: CIM_LogicalDevice,
  properties: {
    ActiveInputVoltage: uint16(),
    IsSwitchingSupply: boolean(),
    Range1InputFrequencyHigh: uint32(),
    Range1InputFrequencyLow: uint32(),
    Range1InputVoltageHigh: uint32(),
    Range1InputVoltageLow: uint32(),
    Range2InputFrequencyHigh: uint32(),
    Range2InputFrequencyLow: uint32(),
    Range2InputVoltageHigh: uint32(),
    Range2InputVoltageLow: uint32(),
    TotalOutputPower: uint32(),
    TypeOfRangeSwitching: uint16(),
  },
});
