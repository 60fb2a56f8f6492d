import { defineClass, uint32 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** Limits of the device's certificate store.  @source class catalogue */
export const AMT_PublicKeyManagementCapabilities = defineClass("AMT_PublicKeyManagementCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    CertChainMaxSize: uint32(),
    CommonNameMaxCount: uint32(),
    CommonNameMaxSize: uint32(),
    MaximumCRLSize: uint32(),
    RootCertMaxCount: uint32(),
    RootCertMaxSize: uint32(),
    SupportedKeyLengths: uint32({ list: true }),
  },
});
