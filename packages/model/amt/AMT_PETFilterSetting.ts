import { boolean, defineClass, uint8 } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** Which events are logged, and which are sent as traps.  @source class catalogue */
export const AMT_PETFilterSetting = defineClass("AMT_PETFilterSetting", {
  extends: CIM_SettingData,
  until: "17.0",
  properties: {
    DeviceAddress: uint8(),
    EnableFilter: boolean(),
    Entity: uint8(),
    EntityInstance: uint8(),
    EventOffset: uint8(),
    EventSensorType: uint8(),
    EventSeverity: uint8(),
    EventSourceType: uint8(),
    EventType: uint8(),
    LogOnEvent: boolean(),
    OEMFilter: boolean(),
    PolicyID: uint8(),
    SendAlert: boolean(),
    SensorNumber: uint8(),
  },
});
