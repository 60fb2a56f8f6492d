import { base64, boolean, defineClass, enumOf, method, string, uint16, uint32, uint8 } from "../define.ts";

/** @source protocols B.1 */
export const provisioningStates = { pre: 0, in: 1, post: 2 } as const;

/** From factory to provisioned, and back.  @source class catalogue, recorded answers */
export const AMT_SetupAndConfigurationService = defineClass("AMT_SetupAndConfigurationService", {
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
    ConfigurationServerFQDN: string({ optional: true }),
    CreationClassName: string({ key: true }),
    DhcpDNSSuffix: string({ optional: true }),
    ElementName: string({ optional: true }),
    EnabledState: uint16({ optional: true }),
    Name: string({ key: true }),
    PasswordModel: uint8({ optional: true }),
    ProvisioningMode: uint8({ optional: true, readonly: true }),
    ProvisioningServerOTP: base64({ optional: true, secret: true }),
    ProvisioningState: enumOf(provisioningStates, { optional: true, readonly: true }),
    RequestedState: uint16({ optional: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
    TrustedDNSSuffix: string({ optional: true }),
    ZeroTouchConfigurationEnabled: boolean({ optional: true }),
  },
  methods: {
    Unprovision: method({ input: { ProvisioningMode: uint32({ optional: true }) } }),
    ExtendProvisioningPeriod: method({ input: { Duration: uint32({ optional: true }) } }),
    SetMEBxPassword: method({ input: { Password: string({ optional: true, secret: true }) } }),
    GetUuid: method({ output: { UUID: base64({ optional: true }) } }),
    GetUnprovisionBlockingComponents: method({ output: { Component: uint32({ list: true }) } }),
    CommitChanges: method(),
    PartialUnprovision: method(),
  },
  hasDatetime: true,
});
