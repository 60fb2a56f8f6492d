import { AMT_ProvisioningCertificateHash } from "@vigil/model/amt/AMT_ProvisioningCertificateHash.ts";
import { AMT_SetupAndConfigurationService } from "@vigil/model/amt/AMT_SetupAndConfigurationService.ts";
import { IPS_TLSProvisioningRecord } from "@vigil/model/ips/IPS_TLSProvisioningRecord.ts";
import { IPS_ProvisioningRecordLog } from "@vigil/model/ips/IPS_ProvisioningRecordLog.ts";
import { IPS_ManualProvisioningRecord } from "@vigil/model/ips/IPS_ManualProvisioningRecord.ts";
import { IPS_DALProvisioningRecord } from "@vigil/model/ips/IPS_DALProvisioningRecord.ts";
import { IPS_ClientProvisioningRecord } from "@vigil/model/ips/IPS_ClientProvisioningRecord.ts";
import { IPS_AdminProvisioningRecord } from "@vigil/model/ips/IPS_AdminProvisioningRecord.ts";
import { bytesFromUuid } from "@vigil/wire/uuid.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { amtKeys } from "../names.ts";

const system = amtKeys;
const noPassword = new Uint8Array(32);

/** PT_STATUS. @source protocols A.13 */
const invalidMode = 3;
const invalidPassword = 2054;
const dataMissing = 2057;
const blockingComponent = 2076;

/** From factory to provisioned, and back. @source protocols B.1, C.6 */
export const setup: readonly Behavior[] = [
  implement(AMT_SetupAndConfigurationService)({
    realm: realms.administration,
    readingMethods: ["GetUuid", "GetUnprovisionBlockingComponents"],
    list: ({ mode, state }) => [
      {
        CreationClassName: "AMT_SetupAndConfigurationService",
        ElementName: "Intel(r) AMT Setup and Configuration Service",
        EnabledState: 5,
        Name: "Intel(r) AMT Setup and Configuration Service",
        PasswordModel: 1,
        ProvisioningMode: mode === "post" && state.controlMode === "client" ? 4 : 1,
        // Readable only while the device is being set up. @source protocols B.1
        ProvisioningServerOTP:
          mode === "in" && state.oneTimePassword !== null ? Buffer.from(state.oneTimePassword, "latin1") : noPassword,
        ProvisioningState: mode,
        RequestedState: 12,
        ...system,
        ZeroTouchConfigurationEnabled: true,
      },
    ],
    methods: {
      GetUuid: ({ firmware }) => ({ UUID: bytesFromUuid(firmware.uuid), ReturnValue: 0 }),
      GetUnprovisionBlockingComponents: ({ firmware }) =>
        firmware.auditLog.blocksUnprovision ? { Component: ["componentAuditLog"], ReturnValue: 0 } : returns(0),
      SetMEBxPassword({ firmware }, { Password = "" }) {
        // @source protocols B.1 "SetMEBxPassword"
        if (firmware.state.controlMode === "client") return returns(16);
        if (!isStrong(Password)) return returns(invalidPassword);
        firmware.change((state) => {
          state.isMebxPasswordSet = true;
          state.mebxPassword = Password;
        });
        return returns(0);
      },
      CommitChanges: ({ firmware }) => returns(commit(firmware)),
      Unprovision({ firmware }, { ProvisioningMode = "current" }) {
        if (typeof ProvisioningMode === "number") return returns(36);
        if (firmware.auditLog.blocksUnprovision) return returns(blockingComponent);
        firmware.audit("security.unprovisioning", Uint8Array.of(4));
        firmware.unprovision("nothing");
        return returns(0);
      },
      PartialUnprovision({ firmware }) {
        if (firmware.auditLog.blocksUnprovision) return returns(blockingComponent);
        firmware.audit("security.unprovisioning", Uint8Array.of(4));
        firmware.unprovision("setup-data");
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
  implement(AMT_ProvisioningCertificateHash)({
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
  implement(IPS_ProvisioningRecordLog)({
    realm: realms.administration,
    list: ({ state }) => [
      {
        CurrentNumberOfRecords: state.provisioned === null ? 0n : 1n,
        ElementName: "Intel(r) AMT Provisioning Record Log",
        EnabledState: "enabled",
        HealthState: "unknown",
        InstanceID: recordLogId,
        LogState: 4,
        MaxNumberOfRecords: 1n,
        Name: "Intel(r) AMT Provisioning Record Log",
        OverwritePolicy: 2,
        RequestedState: "notApplicable",
      },
    ],
    // The record stays as long as the setup does.
    methods: { ClearLog: () => returns(1), RequestStateChange: () => returns(1) },
  }),
  implement(IPS_TLSProvisioningRecord)({
    realm: realms.administration,
    list: ({ state, domainSuffix }) =>
      state.provisioned === null
        ? []
        : [
            {
              AdditionalCaSerialNums: false,
              CreationTimeStamp: { datetime: new Date(state.provisioned.at).toISOString().replace(/\.\d+/, "") },
              ElementName: "Intel(r) AMT: TLS Provisioning Record",
              HashIsOemDefault: true,
              HostInitiated: false,
              InstanceID: "Intel(r) AMT: TLS Provisioning Record 1",
              IsTimeValid: true,
              LogInstanceID: recordLogId,
              LogName: "Intel(r) AMT Provisioning Record Log",
              ProvServerFQDN: `provisionserver.${domainSuffix}`,
              ProvisioningTLSMode: 2,
              RecordID: "1",
              SecureDNS: false,
              SelectedHashData: Buffer.from(state.provisioned.rootHash, "hex"),
              SelectedHashType: 2,
            },
          ],
  }),
  // A device is set up in one way; each of the other records stands for a way that this one has not gone.
  ...[
    IPS_AdminProvisioningRecord,
    IPS_ClientProvisioningRecord,
    IPS_DALProvisioningRecord,
    IPS_ManualProvisioningRecord,
  ].map((one) => implement(one)({ realm: realms.administration, list: () => [] })),
];

const recordLogId = "Intel(r) AMT: RecordLog 1";

/** Makes what was put effective. In setup it needs an admin password and a set clock, and ends the setup. */
function commit(firmware: Firmware): 0 | typeof dataMissing {
  const { mode, adminHa1, isClockSet, tls, tlsCertificate } = firmware.state;
  if (mode !== "post" && (adminHa1 === null || !isClockSet)) return dataMissing;
  if (tls.network.enabled && tlsCertificate === null) return dataMissing;
  const hadTls = firmware.state.activeTls.enabled;
  firmware.change((state) => {
    state.mode = "post";
    state.activeTls = structuredClone(state.tls.network);
    state.provisioned ??= { at: firmware.now(), rootHash: firmware.helloHashes[0]?.hash ?? "" };
  });
  if (mode !== "post") firmware.audit("security.provisioned");
  if (hadTls !== tls.network.enabled) firmware.audit("security.tlsState");
  return 0;
}

/** 8 to 32 characters with upper, lower, digit and another. @source protocols A.5 */
function isStrong(password: string): boolean {
  const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9_]/];
  return /^[\x21-\x7e]{8,32}$/.test(password) && kinds.every((kind) => kind.test(password)) && !/[",:]/.test(password);
}
