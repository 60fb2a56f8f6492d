import { defineClass, uint32 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** How many agents and actions agent presence can hold.  @source class catalogue */
export const AMT_AgentPresenceCapabilities = defineClass("AMT_AgentPresenceCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    MaxEacAgents: uint32(),
    MaxTotalActions: uint32(),
    MaxTotalAgents: uint32(),
    MinGuaranteedActionListSize: uint32(),
  },
});
