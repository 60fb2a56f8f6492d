import { boolean, defineClass, enumOf, method, uint16, uint32 } from "../define.ts";
import { CIM_Watchdog } from "../cim/CIM_Watchdog.ts";

/** One bit each. @source protocols B.15 */
export const watchdogStates = { notStarted: 1, stopped: 2, running: 4, expired: 8, suspended: 16 } as const;

/** @source class catalogue */
export const watchdogActions = { activatePolicy: 0, deactivatePolicy: 1 } as const;

/** One agent that must keep saying that it lives; `DeviceID` is base64 of its GUID.  @source class catalogue */
export const AMT_AgentPresenceWatchdog = defineClass("AMT_AgentPresenceWatchdog", {
  extends: CIM_Watchdog,
  properties: {
    CurrentState: enumOf(watchdogStates, { readonly: true }),
    StartupInterval: uint16(),
  },
  methods: {
    RegisterAgent: method({ output: { SessionSequenceNumber: uint32(), TimeoutInterval: uint16() } }),
    AssertPresence: method({ input: { SequenceNumber: uint32() } }),
    AssertShutdown: method({ input: { SequenceNumber: uint32() } }),
    AddAction: method({
      input: {
        OldState: uint16(),
        NewState: uint16(),
        EventOnTransition: boolean(),
        ActionSd: enumOf(watchdogActions, { optional: true }),
        ActionEac: boolean({ optional: true }),
      },
    }),
    DeleteAllActions: method(),
  },
});
