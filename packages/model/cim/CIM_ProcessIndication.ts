import { defineClass } from "../define.ts";
import { CIM_Indication } from "./CIM_Indication.ts";

/** What events that are no change of an instance have in common.  @source class catalogue */
export const CIM_ProcessIndication = defineClass("CIM_ProcessIndication", {
  extends: CIM_Indication,
  properties: {},
});
