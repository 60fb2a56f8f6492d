import { defineClass } from "../define.ts";
import { IPS_ProvisioningAuditRecord } from "./IPS_ProvisioningAuditRecord.ts";

/** That someone set the device up by hand.  @source class catalogue */
export const IPS_ManualProvisioningRecord = defineClass("IPS_ManualProvisioningRecord", {
  extends: IPS_ProvisioningAuditRecord,
  properties: {},
});
