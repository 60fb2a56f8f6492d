import { datetime, defineClass, enumOf, reference, string, uint16 } from "../define.ts";

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

/** The host's power state and what can be asked of it now.  @source class catalogue, recorded answers */
export const CIM_AssociatedPowerManagementService = defineClass("CIM_AssociatedPowerManagementService", {
  parents: ["CIM_ServiceAvailableToElement"],
  properties: {
    AvailableRequestedPowerStates: uint16({ list: true }),
    OtherPowerState: string({ optional: true }),
    OtherRequestedPowerState: string({ optional: true }),
    PowerOnTime: datetime({ optional: true }),
    PowerState: enumOf(powerStates, { optional: true }),
    RequestedPowerState: uint16({ optional: true }),
    ServiceProvided: reference("CIM_PowerManagementService", { key: true }),
    TransitioningToPowerState: uint16({ optional: true }),
    UserOfService: reference("CIM_ManagedElement", { key: true }),
  },
});
