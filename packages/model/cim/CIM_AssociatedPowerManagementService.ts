import { datetime, defineClass, enumOf, string, uint16 } from "../define.ts";
import { CIM_ServiceAvailableToElement } from "./CIM_ServiceAvailableToElement.ts";

/** What the host's power can be read as. @source protocols B.3 */
export const powerStates = {
  on: 2,
  sleepLight: 3,
  sleepDeep: 4,
  cycleSoft: 5,
  offHard: 6,
  hibernate: 7,
  offSoft: 8,
  cycleHard: 9,
} as const;

/** The host's power state and what can be asked of it now.  @source class catalogue */
export const CIM_AssociatedPowerManagementService = defineClass("CIM_AssociatedPowerManagementService", {
  extends: CIM_ServiceAvailableToElement,
  properties: {
    AvailableRequestedPowerStates: uint16({ list: true }),
    OtherPowerState: string(),
    OtherRequestedPowerState: string(),
    PowerOnTime: datetime(),
    PowerState: enumOf(powerStates),
    RequestedPowerState: uint16(),
    TransitioningToPowerState: uint16(),
  },
});
