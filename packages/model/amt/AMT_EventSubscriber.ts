import { defineClass } from "../define.ts";
import { CIM_RemotePort } from "../cim/CIM_RemotePort.ts";

/** What receivers of traps have in common.  @source class catalogue */
export const AMT_EventSubscriber = defineClass("AMT_EventSubscriber", {
  extends: CIM_RemotePort,
  until: "17.0",
  properties: {},
});
