import { defineClass, string, uint16, uint32, uint64 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** A battery of the host.  @source protocols B.5, samples */
export const CIM_Battery = defineClass("CIM_Battery", {
  extends: CIM_LogicalDevice,
  since: "15.0",
  properties: {
    BatteryStatus: uint16(),
    ChargingStatus: uint16(),
    Chemistry: uint16(),
    DesignCapacity: uint32(),
    DesignVoltage: uint64(),
    EstimatedChargeRemaining: uint16(),
    EstimatedRunTime: uint32(),
    ExpectedLife: uint32(),
    FullChargeCapacity: uint32(),
    MaxRechargeTime: uint32(),
    SmartBatteryVersion: string(),
    TimeOnBattery: uint32(),
    TimeToFullCharge: uint32(),
  },
});
