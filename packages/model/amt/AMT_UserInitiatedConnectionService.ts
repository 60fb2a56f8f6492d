import { datetime, defineClass, enumOf, method, reference, string } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Who may have the device call home. @source protocols B.13 */
export const userInitiatedStates = { none: 32_768, bios: 32_769, os: 32_770, biosAndOs: 32_771 } as const;

/** Whether a user may have the device call home.  @source class catalogue */
export const AMT_UserInitiatedConnectionService = defineClass("AMT_UserInitiatedConnectionService", {
  extends: CIM_Service,
  properties: {
    EnabledState: enumOf(userInitiatedStates, { readonly: true }),
    LastConnectionReason: string(),
  },
  methods: {
    RequestStateChange: method({
      input: {
        RequestedState: enumOf(userInitiatedStates, { optional: true }),
        TimeoutPeriod: datetime({ optional: true }),
      },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
  },
});
