import { defineClass, string, uint16 } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What records of a log have in common.  @source class catalogue */
export const CIM_RecordForLog = defineClass("CIM_RecordForLog", {
  extends: CIM_ManagedElement,
  properties: {
    Locale: string(),
    PerceivedSeverity: uint16(),
    RecordData: string(),
    RecordFormat: string(),
  },
});
