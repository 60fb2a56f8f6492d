import { defineClass, string, uint16 } from "../define.ts";
import { CIM_PolicyCondition } from "../cim/CIM_PolicyCondition.ts";

/** Which change of state triggers a watchdog action.  @source class catalogue */
export const AMT_StateTransitionCondition = defineClass("AMT_StateTransitionCondition", {
  extends: CIM_PolicyCondition,
  properties: {
    NewState: uint16(),
    OldState: uint16(),
    StateSpace: string(),
  },
});
