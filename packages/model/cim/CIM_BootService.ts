import { datetime, defineClass, enumOf, method, reference } from "../define.ts";
import { CIM_Service } from "./CIM_Service.ts";

/** @source class catalogue; 32768 UNVERIFIED */
export const bootConfigRoles = { isNext: 0, isNextSingleUse: 1, isDefault: 2, clear: 32_768 } as const;

/** Which recovery boots may be asked for. @source protocols B.4 */
export const bootServiceStates = {
  enabled: 2,
  recoveryAndEraseOff: 32_768,
  recoveryOn: 32_769,
  eraseOn: 32_770,
  recoveryAndEraseOn: 32_771,
} as const;

/** Chooses the boot configuration for the next boot.  @source class catalogue */
export const CIM_BootService = defineClass("CIM_BootService", {
  extends: CIM_Service,
  properties: {
    EnabledState: enumOf(bootServiceStates, { readonly: true }),
  },
  methods: {
    RequestStateChange: method({
      input: {
        RequestedState: enumOf(bootServiceStates, { optional: true }),
        TimeoutPeriod: datetime({ optional: true }),
      },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
    SetBootConfigRole: method({
      input: { BootConfigSetting: reference("CIM_BootConfigSetting"), Role: enumOf(bootConfigRoles) },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
  },
});
