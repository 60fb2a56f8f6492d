import { base64, boolean, defineClass, enumOf, method, string, uint16, uint8 } from "../define.ts";

/** @source protocols B.1 */
export const controlModes = { none: 0, client: 1, admin: 2 } as const;

/** Setup from inside the operating system, and the control mode.  @source class catalogue, recorded answers */
export const IPS_HostBasedSetupService = defineClass("IPS_HostBasedSetupService", {
  parents: [
    "CIM_SecurityService",
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    AllowedControlModes: uint8({ list: true, readonly: true }),
    CertChainStatus: uint8({ optional: true, readonly: true }),
    ConfigurationNonce: base64({ optional: true, readonly: true }),
    CreationClassName: string({ key: true }),
    CurrentControlMode: enumOf(controlModes, { optional: true, readonly: true }),
    ElementName: string({ optional: true }),
    Name: string({ key: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
  methods: {
    Setup: method({
      input: {
        NetAdminPassEncryptionType: uint16(),
        NetworkAdminPassword: string({ secret: true }),
        McNonce: base64({ optional: true }),
        Certificate: base64({ optional: true }),
        SigningAlgorithm: uint16({ optional: true }),
        DigitalSignature: base64({ optional: true }),
      },
    }),
    AddNextCertInChain: method({
      input: {
        NextCertificate: base64(),
        IsLeafCertificate: boolean({ optional: true }),
        IsRootCertificate: boolean({ optional: true }),
      },
    }),
    AdminSetup: method({
      input: {
        NetAdminPassEncryptionType: uint16(),
        NetworkAdminPassword: string({ secret: true }),
        McNonce: base64({ optional: true }),
        SigningAlgorithm: uint16({ optional: true }),
        DigitalSignature: base64({ optional: true }),
      },
    }),
    UpgradeClientToAdmin: method({
      input: {
        McNonce: base64({ optional: true }),
        SigningAlgorithm: uint16({ optional: true }),
        DigitalSignature: base64({ optional: true }),
      },
    }),
    DisableClientControlMode: method(),
  },
  hasDatetime: true,
});
