import { base64, defineClass } from "../define.ts";
import { IPS_ProvisioningAuditRecord } from "./IPS_ProvisioningAuditRecord.ts";

/** How a trusted application set the device up.  @source class catalogue */
export const IPS_DALProvisioningRecord = defineClass("IPS_DALProvisioningRecord", {
  extends: IPS_ProvisioningAuditRecord,
  since: "11.0",
  properties: {
    DALRecord: base64(),
  },
});
