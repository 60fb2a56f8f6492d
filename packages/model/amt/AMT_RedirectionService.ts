import { boolean, datetime, defineClass, enumOf, method, reference, string } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Which of disk redirection and serial-over-LAN are on. @source protocols B.7 */
export const redirectionStates = {
  enabled: 2,
  disabled: 3,
  none: 32_768,
  ider: 32_769,
  sol: 32_770,
  iderAndSol: 32_771,
} as const;

/** Switches for serial-over-LAN and disk redirection.  @source class catalogue */
export const AMT_RedirectionService = defineClass("AMT_RedirectionService", {
  extends: CIM_Service,
  properties: {
    AccessLog: string({ list: true }),
    EnabledState: enumOf(redirectionStates, { readonly: true }),
    ListenerEnabled: boolean(),
  },
  methods: {
    RequestStateChange: method({
      input: {
        RequestedState: enumOf(redirectionStates, { optional: true }),
        TimeoutPeriod: datetime({ optional: true }),
      },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
    TerminateSession: method({ input: { SessionType: enumOf({ ider: 0, sol: 1 }, { optional: true }) } }),
  },
});
