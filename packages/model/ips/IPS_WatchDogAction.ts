import { boolean, defineClass, method, reference, string, uint32 } from "../define.ts";
import { CIM_ManagedElement } from "../cim/CIM_ManagedElement.ts";

/** What happens to the host when a watchdog expires.  @source class catalogue */
export const IPS_WatchDogAction = defineClass("IPS_WatchDogAction", {
  extends: CIM_ManagedElement,
  since: "11.0",
  properties: {
    AgentPresenceWatchDogExpirationAction: uint32(),
    HeciWatchDogExpirationAction: uint32(),
    InstanceID: string({ key: true }),
    ReArmReset: boolean(),
    Timeout: uint32(),
  },
  methods: {
    ApplyActionOnWatchDog: method({
      input: { AgentPresenceWatchDog: reference("AMT_AgentPresenceWatchdog"), ActionEnable: boolean() },
    }),
    CancelRebootAction: method(),
  },
});
