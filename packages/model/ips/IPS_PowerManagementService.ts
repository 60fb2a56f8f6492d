import { datetime, defineClass, enumOf, method, reference, uint16 } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** The operating system's power saving.  @source class catalogue */
export const IPS_PowerManagementService = defineClass("IPS_PowerManagementService", {
  extends: CIM_Service,
  since: "11.0",
  properties: {
    OSPowerSavingState: uint16(),
  },
  methods: {
    RequestOSPowerSavingStateChange: method({
      input: {
        OSPowerSavingState: enumOf({ fullPower: 2, osPowerSaving: 3 }, { optional: true }),
        ManagedElement: reference("CIM_ManagedElement", { optional: true }),
        Time: datetime({ optional: true }),
        TimeoutPeriod: datetime({ optional: true }),
      },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
  },
});
