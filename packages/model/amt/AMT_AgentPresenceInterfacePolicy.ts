import { boolean, defineClass } from "../define.ts";
import { AMT_InterfacePolicy } from "./AMT_InterfacePolicy.ts";

/** The System Defense policy that a watchdog may activate on an interface.  @source class catalogue */
export const AMT_AgentPresenceInterfacePolicy = defineClass("AMT_AgentPresenceInterfacePolicy", {
  extends: AMT_InterfacePolicy,
  properties: {
    Enabled: boolean(),
  },
});
