import { defineClass } from "../define.ts";
import { CIM_LogEntry } from "../cim/CIM_LogEntry.ts";

/** What records of a setup have in common.  @source class catalogue */
export const IPS_ProvisioningAuditRecord = defineClass("IPS_ProvisioningAuditRecord", {
  extends: CIM_LogEntry,
  properties: {},
});
