import { base64, boolean, defineClass, hexBinary, string, uint8 } from "../define.ts";
import { IPS_ProvisioningAuditRecord } from "./IPS_ProvisioningAuditRecord.ts";

/** How the device was set up over TLS.  @source class catalogue */
export const IPS_TLSProvisioningRecord = defineClass("IPS_TLSProvisioningRecord", {
  extends: IPS_ProvisioningAuditRecord,
  properties: {
    AdditionalCaSerialNums: boolean(),
    CaCertificateSerials: hexBinary(),
    HashIsOemDefault: boolean(),
    HostInitiated: boolean(),
    IsTimeValid: boolean(),
    ProvServerFQDN: string(),
    ProvServerIP: string(),
    ProvisioningTLSMode: uint8(),
    SecureDNS: boolean(),
    SelectedHashData: base64(),
    SelectedHashType: uint8(),
  },
});
