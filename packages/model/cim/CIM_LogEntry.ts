import { datetime, defineClass, string } from "../define.ts";
import { CIM_RecordForLog } from "./CIM_RecordForLog.ts";

/** What entries of a log have in common.  @source class catalogue */
export const CIM_LogEntry = defineClass("CIM_LogEntry", {
  extends: CIM_RecordForLog,
  properties: {
    CreationTimeStamp: datetime(),
    InstanceID: string({ key: true }),
    LogInstanceID: string(),
    LogName: string(),
    Message: string(),
    MessageArguments: string({ list: true }),
    MessageID: string(),
    OwningEntity: string(),
    RecordID: string(),
  },
});
