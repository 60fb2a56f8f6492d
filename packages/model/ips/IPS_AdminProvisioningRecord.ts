import { base64, boolean, defineClass, hexBinary, string, uint8 } from "../define.ts";
import { IPS_ProvisioningAuditRecord } from "./IPS_ProvisioningAuditRecord.ts";

/** How the device came into admin control mode from the host.  @source class catalogue */
export const IPS_AdminProvisioningRecord = defineClass("IPS_AdminProvisioningRecord", {
  extends: IPS_ProvisioningAuditRecord,
  properties: {
    AdditionalCaSerialNums: boolean(),
    CaCertificateSerials: hexBinary(),
    CertificateCN: string(),
    EHBCState: uint8(),
    HashIsOemDefault: boolean(),
    SecureDNS: boolean(),
    SelectedHashData: base64(),
    SelectedHashType: uint8(),
  },
});
