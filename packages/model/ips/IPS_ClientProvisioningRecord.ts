import { base64, defineClass, uint8 } from "../define.ts";
import { IPS_ProvisioningAuditRecord } from "./IPS_ProvisioningAuditRecord.ts";

/** How the device came into client control mode.  @source class catalogue */
export const IPS_ClientProvisioningRecord = defineClass("IPS_ClientProvisioningRecord", {
  extends: IPS_ProvisioningAuditRecord,
  properties: {
    HashAlgorithm: uint8(),
    ProvCertificateHash: base64(),
  },
});
