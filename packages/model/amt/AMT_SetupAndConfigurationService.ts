import { base64, boolean, defineClass, enumOf, method, string, uint32, uint8 } from "../define.ts";
import { CIM_CredentialManagementService } from "../cim/CIM_CredentialManagementService.ts";

/** @source protocols B.1 */
export const provisioningStates = { pre: 0, in: 1, post: 2 } as const;

/** @source class catalogue */
export const unprovisioningModes = { current: 0, enterprise: 1, smallBusiness: 2, remoteConnectivity: 3 } as const;

/** From factory to provisioned, and back.  @source class catalogue */
export const AMT_SetupAndConfigurationService = defineClass("AMT_SetupAndConfigurationService", {
  extends: CIM_CredentialManagementService,
  properties: {
    ConfigurationServerFQDN: string(),
    DhcpDNSSuffix: string({ readonly: true, since: "12.0" }),
    PasswordModel: uint8(),
    ProvisioningMode: uint8(),
    ProvisioningServerOTP: base64({ secret: true }),
    ProvisioningState: enumOf(provisioningStates, { readonly: true }),
    TrustedDNSSuffix: string({ readonly: true, since: "12.0" }),
    ZeroTouchConfigurationEnabled: boolean(),
  },
  methods: {
    Unprovision: method({ input: { ProvisioningMode: enumOf(unprovisioningModes, { optional: true }) } }),
    ExtendProvisioningPeriod: method({ input: { Duration: uint32({ optional: true }) } }),
    SetMEBxPassword: method({ input: { Password: string({ optional: true, secret: true }) } }),
    GetUuid: method({ output: { UUID: base64() } }),
    GetUnprovisionBlockingComponents: method({
      output: { Component: enumOf({ componentAuditLog: 1 }, { list: true }) },
    }),
    CommitChanges: method(),
    PartialUnprovision: method(),
  },
});
