import { boolean, defineClass, uint8 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** Which events the platform can send as traps.  @source class catalogue */
export const AMT_PETCapabilities = defineClass("AMT_PETCapabilities", {
  extends: CIM_Capabilities,
  until: "17.0",
  properties: {
    AssertionEvent: boolean(),
    DeassertionEvent: boolean(),
    DeviceAddress: uint8(),
    Entity: uint8(),
    EntityInstance: uint8(),
    EventOffset: uint8(),
    EventSensorType: uint8(),
    EventSeverity: uint8(),
    EventSourceType: uint8(),
    EventType: uint8(),
    Index: uint8(),
    IsLegacySensor: boolean(),
    SensorNumber: uint8(),
  },
});
