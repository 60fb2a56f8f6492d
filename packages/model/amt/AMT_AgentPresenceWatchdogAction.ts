import { boolean, defineClass, method, uint16 } from "../define.ts";
import { CIM_PolicyAction } from "../cim/CIM_PolicyAction.ts";

/** What happens when a watchdog changes its state.  @source class catalogue */
export const AMT_AgentPresenceWatchdogAction = defineClass("AMT_AgentPresenceWatchdogAction", {
  extends: CIM_PolicyAction,
  properties: {
    ActionSd: uint16(),
    EventOnTransition: boolean(),
  },
  methods: {
    GetActionEac: method({ output: { ActionEac: boolean() } }),
  },
});
