import { base64, boolean, defineClass, enumOf, string } from "../define.ts";
import { certificateHashTypes } from "../value-maps.ts";
import { CIM_Credential } from "../cim/CIM_Credential.ts";

/** The hash of a root that may set the device up.  @source class catalogue */
export const AMT_ProvisioningCertificateHash = defineClass("AMT_ProvisioningCertificateHash", {
  extends: CIM_Credential,
  properties: {
    Enabled: boolean(),
    HashData: base64({ readonly: true }),
    HashType: enumOf(certificateHashTypes, { readonly: true }),
    InstanceID: string({ key: true }),
    IsDefault: boolean({ readonly: true }),
  },
});
