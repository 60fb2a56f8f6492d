import { defineClass, enumOf, method, uint16, uint8 } from "../define.ts";
import { enabledStates } from "../value-maps.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Blanks the local screen.  @source class catalogue */
export const IPS_ScreenConfigurationService = defineClass("IPS_ScreenConfigurationService", {
  extends: CIM_Service,
  since: "11.0",
  properties: {
    CurrentState: uint16(),
    EnabledState: enumOf(enabledStates),
    RemainingConsecutiveRebootsNum: uint16(),
  },
  methods: {
    SetSessionState: method({
      input: {
        SessionState: enumOf({ close: 0, open: 1 }, { optional: true }),
        ConsecutiveRebootsNum: uint8({ optional: true }),
      },
    }),
  },
});
