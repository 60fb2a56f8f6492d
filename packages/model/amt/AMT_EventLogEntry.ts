import { defineClass, string, uint8 } from "../define.ts";
import { CIM_LogEntry } from "../cim/CIM_LogEntry.ts";

/** One event; firmware has only been seen to give records through the log itself.  @source class catalogue */
export const AMT_EventLogEntry = defineClass("AMT_EventLogEntry", {
  extends: CIM_LogEntry,
  properties: {
    CreationClassName: string(),
    DeviceAddress: uint8(),
    Entity: uint8(),
    EntityInstance: uint8(),
    EventData: uint8({ list: true }),
    EventOffset: uint8(),
    EventSensorType: uint8(),
    EventSeverity: uint8(),
    EventSourceType: uint8(),
    EventType: uint8(),
    SensorNumber: uint8(),
    TimeStamp: string(),
  },
});
