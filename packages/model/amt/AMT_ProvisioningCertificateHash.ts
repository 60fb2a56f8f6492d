import { base64, boolean, defineClass, string, uint8 } from "../define.ts";

/** The hash of a root that may set the device up.  @source class catalogue, recorded answers */
export const AMT_ProvisioningCertificateHash = defineClass("AMT_ProvisioningCertificateHash", {
  parents: ["CIM_Credential", "CIM_ManagedElement"],
  properties: {
    Description: string({ optional: true }),
    ElementName: string({ optional: true }),
    Enabled: boolean({ optional: true }),
    HashData: base64({ optional: true }),
    HashType: uint8({ optional: true }),
    InstanceID: string({ key: true }),
    IsDefault: boolean({ optional: true }),
  },
  hasDatetime: true,
});
