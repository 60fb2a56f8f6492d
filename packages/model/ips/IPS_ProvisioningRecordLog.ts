import { defineClass } from "../define.ts";
import { CIM_RecordLog } from "../cim/CIM_RecordLog.ts";

/** Holds the record of how the device was set up.  @source class catalogue */
export const IPS_ProvisioningRecordLog = defineClass("IPS_ProvisioningRecordLog", {
  extends: CIM_RecordLog,
  properties: {},
});
