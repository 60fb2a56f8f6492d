import { base64, boolean, defineClass, enumOf, method, string, uint8 } from "../define.ts";
import { CIM_SecurityService } from "../cim/CIM_SecurityService.ts";

/** @source protocols B.1 */
export const controlModes = { none: 0, client: 1, admin: 2 } as const;

/** How a password is handed over; AMT knows `digestHa1` alone. @source protocols B.1 */
export const passwordEncryptions = { none: 0, other: 1, digestHa1: 2 } as const;

/** @source class catalogue */
export const signingAlgorithms = { none: 0, other: 1, rsaSha256: 2 } as const;

/** Setup from inside the operating system, and the control mode.  @source class catalogue */
export const IPS_HostBasedSetupService = defineClass("IPS_HostBasedSetupService", {
  extends: CIM_SecurityService,
  since: "7.0",
  properties: {
    AllowedControlModes: uint8({ readonly: true, list: true }),
    CertChainStatus: uint8({ readonly: true }),
    ConfigurationNonce: base64({ readonly: true }),
    CurrentControlMode: enumOf(controlModes, { readonly: true }),
  },
  methods: {
    Setup: method({
      input: {
        NetAdminPassEncryptionType: enumOf(passwordEncryptions),
        // MD5 of user, realm and password as 32 hexadecimal digits in lower case; hexBinary would write upper case. @source protocols B.1
        NetworkAdminPassword: string({ secret: true }),
        McNonce: base64({ optional: true }),
        Certificate: base64({ optional: true }),
        SigningAlgorithm: enumOf(signingAlgorithms, { optional: true }),
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
        NetAdminPassEncryptionType: enumOf(passwordEncryptions),
        // MD5 of user, realm and password as 32 hexadecimal digits in lower case; hexBinary would write upper case. @source protocols B.1
        NetworkAdminPassword: string({ secret: true }),
        McNonce: base64({ optional: true }),
        SigningAlgorithm: enumOf(signingAlgorithms, { optional: true }),
        DigitalSignature: base64({ optional: true }),
      },
    }),
    UpgradeClientToAdmin: method({
      input: {
        McNonce: base64({ optional: true }),
        SigningAlgorithm: enumOf(signingAlgorithms, { optional: true }),
        DigitalSignature: base64({ optional: true }),
      },
    }),
    DisableClientControlMode: method(),
  },
});
