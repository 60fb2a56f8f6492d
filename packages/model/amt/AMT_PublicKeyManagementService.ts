import { base64, defineClass, method, reference, string, uint16, uint32 } from "../define.ts";

/** Keys, certificate requests and certificates of the device.  @source class catalogue, recorded answers */
export const AMT_PublicKeyManagementService = defineClass("AMT_PublicKeyManagementService", {
  parents: [
    "CIM_CredentialManagementService",
    "CIM_AuthenticationService",
    "CIM_SecurityService",
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    CreationClassName: string({ key: true }),
    ElementName: string({ optional: true }),
    EnabledDefault: uint16({ optional: true }),
    EnabledState: uint16({ optional: true }),
    Name: string({ key: true }),
    RequestedState: uint16({ optional: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
  methods: {
    AddCRL: method({
      input: { Url: string({ optional: true }), SerialNumbers: string({ list: true }) },
      output: { CRL: reference("CIM_ManagedElement", { optional: true }) },
    }),
    AddCertificate: method({
      input: { CertificateBlob: base64() },
      output: { CreatedCertificate: reference("CIM_ManagedElement", { optional: true }) },
    }),
    AddTrustedRootCertificate: method({
      input: { CertificateBlob: base64() },
      output: { CreatedCertificate: reference("CIM_ManagedElement", { optional: true }) },
    }),
    AddKey: method({
      input: { KeyBlob: base64({ secret: true }) },
      output: { CreatedKey: reference("CIM_ManagedElement", { optional: true }) },
    }),
    GeneratePKCS10RequestEx: method({
      input: {
        KeyPair: reference("CIM_ManagedElement"),
        SigningAlgorithm: uint32(),
        NullSignedCertificateRequest: base64(),
      },
      output: { SignedCertificateRequest: base64({ optional: true }) },
    }),
    GenerateKeyPair: method({
      input: { KeyAlgorithm: uint32(), KeyLength: uint32() },
      output: { KeyPair: reference("CIM_ManagedElement", { optional: true }) },
    }),
    ResetCRLList: method(),
  },
  hasDatetime: true,
});
