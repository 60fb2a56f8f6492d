import { defineClass, string, uint8 } from "../define.ts";
import { AMT_EventSubscriber } from "./AMT_EventSubscriber.ts";

/** A receiver of SNMP traps.  @source class catalogue */
export const AMT_SNMPEventSubscriber = defineClass("AMT_SNMPEventSubscriber", {
  extends: AMT_EventSubscriber,
  until: "17.0",
  properties: {
    CommunityString: string({ secret: true }),
    PolicyID: uint8(),
  },
});
