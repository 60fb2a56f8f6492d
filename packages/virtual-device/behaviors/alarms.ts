import { AMT_AlarmClockService } from "@vigil/model/amt/AMT_AlarmClockService.ts";
import { IPS_AlarmClockOccurrence } from "@vigil/model/ips/IPS_AlarmClockOccurrence.ts";
import { exists } from "@vigil/model/firmware.ts";
import { realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { noReference } from "@vigil/wire/wsman/reference.ts";
import { hostKeys } from "../names.ts";
import { entries } from "../entries.ts";
import { settings } from "../settings.ts";
import { add, storedOf } from "../stored.ts";

/** PT_STATUS. @source protocols A.13 */
const limitReached = 23;
const invalidTime = 34;
const invalidParameter = 36;
const duplicate = 2058;
const unsupported = 2066;
/** @source protocols B.16 */
const mostAlarms = 5;

/** Alarms that wake the host. They ring in the firmware's clock: see firmware/alarms.ts. @source protocols B.16 */
export const alarms: readonly Behavior[] = [
  settings(AMT_AlarmClockService)({
    realm: realms.remoteControl,
    list: () => [
      {
        CreationClassName: "AMT_AlarmClockService",
        ElementName: "Intel(r) AMT Alarm Clock Service",
        Name: "Intel(r) AMT Alarm Clock Service",
        ...hostKeys,
      },
    ],
    // The service's own alarm, the only one of firmware before 8. @source protocols B.16 "legacy"
    check: ({ firmware }, { NextAMTAlarmTime: at }) =>
      at === undefined || isAhead(firmware, at) ? undefined : { fault: "InternalError", status: invalidTime },
    methods: {
      AddAlarm({ firmware }, { AlarmTemplate: alarm }) {
        if (!exists(IPS_AlarmClockOccurrence, firmware.release)) return returns(unsupported);
        const stored = storedOf(firmware, IPS_AlarmClockOccurrence);
        const { InstanceID, StartTime } = alarm;
        if (InstanceID === undefined || InstanceID === "" || StartTime === undefined) return returns(invalidParameter);
        if (!isAhead(firmware, StartTime)) return returns(invalidTime);
        if (stored.some((one) => one.InstanceID === InstanceID)) return returns(duplicate);
        if (stored.length >= mostAlarms) return returns(limitReached);
        add(firmware, IPS_AlarmClockOccurrence, alarm);
        return { AlarmClock: noReference, ReturnValue: 0 };
      },
    },
  }),
  entries(IPS_AlarmClockOccurrence)({ realm: realms.remoteControl, most: mostAlarms }),
];

function isAhead(firmware: Firmware, at: object): boolean {
  return "datetime" in at && Date.parse(String(at.datetime)) > firmware.now();
}
