import { defineClass, string } from "../define.ts";
import { CIM_Log } from "./CIM_Log.ts";

/** What logs of records have in common.  @source class catalogue */
export const CIM_RecordLog = defineClass("CIM_RecordLog", {
  extends: CIM_Log,
  properties: {
    InstanceID: string({ key: true }),
  },
});
