import { datetime, defineClass, enumOf, method, reference, string, uint16 } from "../define.ts";
import { enabledStates, requestableStates, requestedStates } from "../value-maps.ts";
import { CIM_LogicalElement } from "./CIM_LogicalElement.ts";

/** What can be switched on and off.  @source class catalogue */
export const CIM_EnabledLogicalElement = defineClass("CIM_EnabledLogicalElement", {
  extends: CIM_LogicalElement,
  properties: {
    AvailableRequestedStates: uint16({ list: true }),
    EnabledDefault: enumOf(enabledStates),
    EnabledState: enumOf(enabledStates, { readonly: true }),
    OtherEnabledState: string(),
    RequestedState: enumOf(requestedStates, { readonly: true }),
    TimeOfLastStateChange: datetime(),
    TransitioningToState: uint16(),
  },
  methods: {
    RequestStateChange: method({
      input: {
        RequestedState: enumOf(requestableStates, { optional: true }),
        TimeoutPeriod: datetime({ optional: true }),
      },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
  },
});
