import { AMT_ProvisioningCertificateHash } from "@vigil/model/amt/AMT_ProvisioningCertificateHash.ts";
import { AMT_SetupAndConfigurationService } from "@vigil/model/amt/AMT_SetupAndConfigurationService.ts";
import { IPS_HostBasedSetupService } from "@vigil/model/ips/IPS_HostBasedSetupService.ts";
import { IPS_OptInService } from "@vigil/model/ips/IPS_OptInService.ts";
import { bytesFromUuid } from "@vigil/wire/uuid.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";

const system = { SystemCreationClassName: "CIM_ComputerSystem", SystemName: "Intel(r) AMT" } as const;
const noPassword = new Uint8Array(32);

/** PT_STATUS. @source protocols A.13 */
const invalidMode = 3;
const invalidPassword = 2054;
const dataMissing = 2057;

/** From factory to provisioned, and back. @source protocols B.1, C.6 */
export const setup: readonly Behavior[] = [
  implement(AMT_SetupAndConfigurationService, {
    realm: realms.administration,
    readingMethods: ["GetUuid", "GetUnprovisionBlockingComponents"],
    list: ({ mode }) => [
      {
        CreationClassName: "AMT_SetupAndConfigurationService",
        ElementName: "Intel(r) AMT Setup and Configuration Service",
        EnabledState: 5,
        Name: "Intel(r) AMT Setup and Configuration Service",
        PasswordModel: 1,
        ProvisioningMode: 1,
        ProvisioningServerOTP: noPassword,
        ProvisioningState: mode,
        RequestedState: 12,
        ...system,
        ZeroTouchConfigurationEnabled: true,
      },
    ],
    methods: {
      GetUuid: ({ firmware }) => ({ UUID: bytesFromUuid(firmware.uuid), ReturnValue: 0 }),
      GetUnprovisionBlockingComponents: () => returns(0),
      SetMEBxPassword({ firmware }, { Password = "" }) {
        if (!isStrong(Password)) return returns(invalidPassword);
        firmware.change((state) => {
          state.isMebxPasswordSet = true;
        });
        return returns(0);
      },
      CommitChanges: ({ firmware }) => returns(commit(firmware)),
      Unprovision({ firmware }, { ProvisioningMode = "current" }) {
        if (typeof ProvisioningMode === "number") return returns(36);
        firmware.unprovision();
        return returns(0);
      },
      PartialUnprovision({ firmware }) {
        const { isMebxPasswordSet } = firmware.state;
        firmware.unprovision();
        firmware.change((state) => {
          state.isMebxPasswordSet = isMebxPasswordSet;
        });
        return returns(0);
      },
      ExtendProvisioningPeriod({ firmware }, { Duration = 0 }) {
        if (firmware.mode === "post") return returns(invalidMode);
        if (Duration < 1 || Duration > 24) return returns(36);
        firmware.change((state) => {
          state.hello.startedAt = firmware.clock.now() + (Duration - 24) * 3_600_000;
        });
        return returns(0);
      },
    },
  }),
  implement(AMT_ProvisioningCertificateHash, {
    realm: realms.administration,
    list: ({ helloHashes }) =>
      helloHashes.map(({ hash }, index) => ({
        Description: `Root ${index}`,
        ElementName: "Intel(r) AMT: Provisioning Certificate Hash",
        Enabled: true,
        HashData: new Uint8Array(Buffer.from(hash, "hex")),
        HashType: 2,
        InstanceID: `Intel(r) AMT: Provisioning Certificate Hash ${index}`,
        IsDefault: true,
      })),
  }),
  implement(IPS_HostBasedSetupService, {
    realm: realms.administration,
    list: ({ mode }) => [
      {
        AllowedControlModes: [2, 1],
        CertChainStatus: 0,
        ConfigurationNonce: new Uint8Array(20),
        CreationClassName: "IPS_HostBasedSetupService",
        CurrentControlMode: mode === "post" ? ("admin" as const) : ("none" as const),
        ElementName: "Intel(r) AMT Host Based Setup Service",
        Name: "Intel(r) AMT Host Based Setup Service",
        ...system,
      },
    ],
  }),
  implement(IPS_OptInService, {
    realm: realms.administration,
    list: () => [
      {
        CanModifyOptInPolicy: 1,
        CreationClassName: "IPS_OptInService",
        ElementName: "Intel(r) AMT OptIn Service",
        Name: "Intel(r) AMT OptIn Service",
        OptInCodeTimeout: 120,
        OptInDisplayTimeout: 300,
        OptInRequired: 0,
        OptInState: 0,
        ...system,
      },
    ],
  }),
];

/** Makes what was put effective. In setup it needs an admin password and a set clock, and ends the setup. */
function commit(firmware: Firmware): 0 | typeof dataMissing {
  const { mode, adminHa1, isClockSet, tls, tlsCertificate } = firmware.state;
  if (mode !== "post" && (adminHa1 === null || !isClockSet)) return dataMissing;
  if (tls.network.enabled && tlsCertificate === null) return dataMissing;
  firmware.change((state) => {
    state.mode = "post";
    state.activeTls = structuredClone(state.tls.network);
  });
  return 0;
}

/** 8 to 32 characters with upper, lower, digit and another. @source protocols A.5 */
function isStrong(password: string): boolean {
  const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9_]/];
  return /^[\x21-\x7e]{8,32}$/.test(password) && kinds.every((kind) => kind.test(password)) && !/[",:]/.test(password);
}
