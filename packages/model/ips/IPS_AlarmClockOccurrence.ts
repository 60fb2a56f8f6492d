import { boolean, datetime, defineClass, string } from "../define.ts";
import { CIM_ManagedElement } from "../cim/CIM_ManagedElement.ts";

/** One alarm.  @source class catalogue */
export const IPS_AlarmClockOccurrence = defineClass("IPS_AlarmClockOccurrence", {
  extends: CIM_ManagedElement,
  since: "8.0",
  properties: {
    DeleteOnCompletion: boolean(),
    InstanceID: string({ key: true }),
    Interval: datetime(),
    StartTime: datetime(),
  },
});
