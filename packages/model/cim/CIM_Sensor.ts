import { defineClass, string, uint16, uint64 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** A sensor of the host.  @source class catalogue */
export const CIM_Sensor = defineClass("CIM_Sensor", {
  extends: CIM_LogicalDevice,
  properties: {
    CurrentState: string(),
    OtherSensorTypeDescription: string(),
    PollingInterval: uint64(),
    PossibleStates: string({ list: true }),
    SensorContext: string(),
    SensorType: uint16(),
  },
});
