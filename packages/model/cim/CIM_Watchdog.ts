import { datetime, defineClass, string, uint16, uint32 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** What watchdogs have in common.  @source class catalogue */
export const CIM_Watchdog = defineClass("CIM_Watchdog", {
  extends: CIM_LogicalDevice,
  properties: {
    ActionOnExpiration: uint16(),
    MonitoredEntity: uint16(),
    MonitoredEntityDescription: string(),
    MonitoredEntityOnLastExpiration: uint16(),
    TimeOfLastExpiration: datetime(),
    TimeoutInterval: uint32(),
    TimerResolution: uint32(),
  },
});
