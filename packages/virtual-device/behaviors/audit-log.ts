import { createPrivateKey, sign } from "node:crypto";
import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_AuditPolicyRule, auditPolicyTypes } from "@vigil/model/amt/AMT_AuditPolicyRule.ts";
import { numberOf } from "@vigil/model/codecs.ts";
import { bytesFromUuid } from "@vigil/wire/uuid.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { auditEvents } from "../firmware/audit-record.ts";
import { amtKeys } from "../names.ts";
import { settings } from "../settings.ts";
import { keep, storedOf } from "../stored.ts";

/** PT_STATUS. @source protocols A.13 */
const notPermitted = 16;
const invalidIndex = 35;
const invalidParameter = 36;
const invalidHandle = 2053;
const dataMissing = 2057;
const invalidKey = 2062;
/** Records in one answer. @source protocols B.10 */
const recordsAtOnce = 10;
const longestLockSeconds = 3_600;

/** Who changed what of the security settings, oldest record first. @source protocols B.10 */
export const auditLog: readonly Behavior[] = [
  settings(AMT_AuditLog)({
    realm: realms.auditLog,
    readingMethods: ["ReadRecords"],
    list: (firmware) => [
      {
        AuditState: firmware.state.audit.lockedUntil === null ? 16 : 17,
        CurrentNumberOfRecords: BigInt(firmware.state.audit.records.length),
        ElementName: "Intel(r) AMT Audit Log",
        EnabledState: firmware.state.audit.isEnabled ? "enabled" : "disabled",
        MaxAllowedAuditors: 1,
        MaxNumberOfRecords: 0n,
        Name: "Intel(r) AMT:Audit Log",
        OverwritePolicy: 2,
        PercentageFree: firmware.auditLog.percentageFree,
        RequestedState: firmware.state.audit.isEnabled ? "enabled" : "disabled",
        StoragePolicy: "rollOver",
        ...timeOf(firmware.auditLog.lastAt),
      },
    ],
    check: (_call, { StoragePolicy }) =>
      typeof StoragePolicy === "number" ? { fault: "InternalError", status: invalidParameter } : undefined,
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState !== "enabled" && RequestedState !== "disabled") return returns(5);
        // What is switched off must still be in the log.
        if (RequestedState === "disabled") firmware.audit("audit.disabled");
        firmware.change(({ audit }) => {
          audit.isEnabled = RequestedState === "enabled";
        });
        if (RequestedState === "enabled") firmware.audit("audit.enabled");
        return returns(0);
      },
      ReadRecords({ firmware }, { StartIndex }) {
        const { records } = firmware.state.audit;
        if (records.length === 0) return { TotalRecordCount: 0, RecordsReturned: 0, ReturnValue: 0 };
        if (StartIndex < 1 || StartIndex > records.length) return returns(invalidIndex);
        const EventRecords = records.slice(StartIndex - 1, StartIndex - 1 + recordsAtOnce);
        return { TotalRecordCount: records.length, RecordsReturned: EventRecords.length, EventRecords, ReturnValue: 0 };
      },
      SetAuditLock({ firmware }, { LockTimeoutInSeconds = 0, Flag, Handle }) {
        const { lockedUntil, lockHandle } = firmware.state.audit;
        const isLocked = lockedUntil !== null && lockedUntil > firmware.now() / 1000;
        if (typeof Flag === "number") return returns(invalidParameter);
        if (isLocked && Handle !== lockHandle) return returns(Handle === undefined ? notPermitted : invalidHandle);
        if (Flag === "unlock") {
          firmware.change(({ audit }) => {
            audit.lockedUntil = null;
          });
          return returns(0);
        }
        if (LockTimeoutInSeconds < 1 || LockTimeoutInSeconds > longestLockSeconds) return returns(invalidParameter);
        const handle = lockHandle + 1;
        firmware.change(({ audit }) => {
          audit.lockedUntil = firmware.now() / 1000 + LockTimeoutInSeconds;
          audit.lockHandle = handle;
          audit.isBlocking = Flag === "unprovisioningLock";
        });
        return { Handle: handle, ReturnValue: 0 };
      },
      SetSigningKeyMaterial(
        { firmware },
        { SigningMechanismType, SigningKey, LengthOfCertificates = [], Certificates },
      ) {
        if (typeof SigningMechanismType === "number") return returns(invalidParameter);
        const sum = LengthOfCertificates.reduce((total, one) => total + one, 0);
        if (sum !== Certificates.length || sum === 0) return returns(invalidParameter);
        try {
          const key = createPrivateKey({ key: Buffer.from(SigningKey), format: "der", type: "pkcs1" });
          firmware.change(({ audit }) => {
            audit.signing = {
              privatePem: key.export({ type: "pkcs8", format: "pem" }).toString(),
              chain: Buffer.from(Certificates).toString("base64"),
              lengths: [...LengthOfCertificates],
              mechanism: SigningMechanismType,
            };
          });
          return returns(0);
        } catch {
          return returns(invalidKey);
        }
      },
      ExportAuditLogSignature({ firmware }, { SigningMechanism }) {
        const { records, signing } = firmware.state.audit;
        if (typeof SigningMechanism === "number") return returns(invalidParameter);
        if (signing === null || records.length === 0) return returns(dataMissing);
        const at = { datetime: isoOf(firmware.now()) };
        const { hostName, domainName } = firmware.state;
        // What exactly is signed is UNVERIFIED: here the records as they are read, one after the other.
        const signed = Buffer.concat(records.map((one) => Buffer.from(one, "base64")));
        const Signature = sign(SigningMechanism, signed, signing.privatePem);
        const TotalRecordCount = records.length;
        firmware.audit("audit.exported");
        return {
          TotalRecordCount,
          StartLogTime: at,
          EndLogTime: at,
          GenerationTime: at,
          UUID: bytesFromUuid(firmware.uuid),
          FQDN: domainName === "" ? hostName : `${hostName}.${domainName}`,
          SignatureMechanism: SigningMechanism,
          Signature,
          LengthOfCertificates: signing.lengths,
          Certificates: Buffer.from(signing.chain, "base64"),
          ReturnValue: 0,
        };
      },
      ClearLog({ firmware }) {
        const { lockedUntil } = firmware.state.audit;
        if (lockedUntil !== null && lockedUntil > firmware.now() / 1000) return returns(notPermitted);
        firmware.change(({ audit }) => {
          audit.records = [];
        });
        firmware.audit("audit.cleared");
        return returns(0);
      },
    },
  }),
  implement(AMT_AuditPolicyRule)({
    realm: realms.auditLog,
    list: (firmware) => [policyOf(firmware)],
    methods: {
      SetAuditPolicy: ({ firmware }, { Enable, AuditedAppID, EventID, PolicyType = "none" }) =>
        returns(
          setPolicies(firmware, [
            { Enable, AuditedAppID, EventID, PolicyType: numberOf(auditPolicyTypes, PolicyType) },
          ]),
        ),
      SetAuditPolicyBulk({ firmware }, { Enable = [], AuditedAppID = [], EventID = [], PolicyType = [] }) {
        const isEven = [AuditedAppID, EventID, PolicyType].every((one) => one.length === Enable.length);
        if (!isEven || Enable.length === 0) return returns(invalidParameter);
        const all = Enable.map((isOn, index) => ({
          Enable: isOn,
          AuditedAppID: AuditedAppID[index] ?? 0,
          EventID: EventID[index] ?? 0,
          PolicyType: numberOf(auditPolicyTypes, PolicyType[index] ?? 0),
        }));
        return returns(setPolicies(firmware, all));
      },
    },
  }),
];

const ruleKeys = {
  CreationClassName: "AMT_AuditPolicyRule",
  PolicyRuleName: "Intel(r) AMT:Audit Policy Rule",
  ...amtKeys,
} as const;

/** Application in the upper half of each number, event in the lower. UNVERIFIED how firmware joins them. */
function policyOf(firmware: Firmware) {
  const [stored] = storedOf(firmware, AMT_AuditPolicyRule);
  const all = Object.values(auditEvents).map(([application, event]) => application * 0x1_0000 + event);
  return {
    ...ruleKeys,
    ElementName: "Intel(r) AMT: Audit Policy",
    AuditApplicationEventID: stored?.AuditApplicationEventID ?? all,
    PolicyType: stored?.PolicyType ?? all.map(() => 0),
  };
}

interface PolicyChange {
  readonly Enable: boolean;
  readonly AuditedAppID: number;
  readonly EventID: number;
  readonly PolicyType: number;
}

/** Whatever of them happens here: firmware knows them all. @source protocols B.10; since which release each UNVERIFIED */
const applications: ReadonlySet<number> = new Set([16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33]);

function setPolicies(firmware: Firmware, changes: readonly PolicyChange[]): number {
  if (!changes.every((one) => applications.has(one.AuditedAppID) && one.PolicyType <= 1)) return invalidParameter;
  const { AuditApplicationEventID: ids, PolicyType: types } = policyOf(firmware);
  const audited = new Map(ids.map((id, index) => [id, types[index] ?? 0]));
  for (const { Enable, AuditedAppID, EventID, PolicyType } of changes) {
    const id = AuditedAppID * 0x1_0000 + EventID;
    if (Enable) audited.set(id, PolicyType);
    else audited.delete(id);
  }
  keep(firmware, AMT_AuditPolicyRule, [
    { ...ruleKeys, AuditApplicationEventID: [...audited.keys()], PolicyType: [...audited.values()] },
  ]);
  firmware.audit("audit.policy");
  return 0;
}

function timeOf(atSeconds: number | undefined): { readonly TimeOfLastRecord?: { readonly datetime: string } } {
  return atSeconds === undefined ? {} : { TimeOfLastRecord: { datetime: isoOf(atSeconds * 1000) } };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, "");
}
