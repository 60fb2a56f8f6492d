import { datetime, defineClass, method, reference } from "../define.ts";
import { embedded } from "../embedded.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";
import { IPS_AlarmClockOccurrence } from "../ips/IPS_AlarmClockOccurrence.ts";

/** Wakes the host at set times.  @source class catalogue */
export const AMT_AlarmClockService = defineClass("AMT_AlarmClockService", {
  extends: CIM_Service,
  since: "5.1",
  properties: {
    AMTAlarmClockInterval: datetime(),
    NextAMTAlarmTime: datetime(),
  },
  methods: {
    AddAlarm: method({
      input: { AlarmTemplate: embedded(IPS_AlarmClockOccurrence) },
      output: { AlarmClock: reference("IPS_AlarmClockOccurrence") },
    }),
  },
});
