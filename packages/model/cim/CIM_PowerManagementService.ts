import { datetime, defineClass, enumOf, method, reference } from "../define.ts";
import { CIM_Service } from "./CIM_Service.ts";

/** What can be asked for; AMT always has on, cycleSoft, offSoft and reset. @source protocols B.3 */
export const requestedPowerStates = {
  on: 2,
  sleepLight: 3,
  sleepDeep: 4,
  cycleSoft: 5,
  offHard: 6,
  hibernate: 7,
  offSoft: 8,
  cycleHard: 9,
  reset: 10,
  nmi: 11,
  offSoftGraceful: 12,
  offHardGraceful: 13,
  resetGraceful: 14,
  cycleSoftGraceful: 15,
  cycleHardGraceful: 16,
} as const;

/** Switches the host's power.  @source class catalogue */
export const CIM_PowerManagementService = defineClass("CIM_PowerManagementService", {
  extends: CIM_Service,
  properties: {},
  methods: {
    RequestPowerStateChange: method({
      input: {
        PowerState: enumOf(requestedPowerStates, { optional: true }),
        ManagedElement: reference("CIM_ManagedElement", { optional: true }),
        Time: datetime({ optional: true }),
        TimeoutPeriod: datetime({ optional: true }),
      },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
  },
});
