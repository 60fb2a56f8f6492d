import { datetime, defineClass, enumOf, method, reference } from "../define.ts";
import { CIM_NetworkPort } from "./CIM_NetworkPort.ts";

/** When the wireless port may be used. @source protocols B.6 */
export const wifiPortStates = { disabled: 3, enabledInS0: 32_768, enabledInS0AndSx: 32_769 } as const;

/** The wireless network port.  @source class catalogue */
export const CIM_WiFiPort = defineClass("CIM_WiFiPort", {
  extends: CIM_NetworkPort,
  properties: {
    EnabledState: enumOf(wifiPortStates, { readonly: true }),
  },
  methods: {
    RequestStateChange: method({
      input: {
        RequestedState: enumOf(wifiPortStates, { optional: true }),
        TimeoutPeriod: datetime({ optional: true }),
      },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
  },
});
