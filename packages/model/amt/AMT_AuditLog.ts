import { base64, datetime, defineClass, enumOf, hexBinary, method, string, uint16, uint32, uint8 } from "../define.ts";
import { hashAlgorithms } from "../value-maps.ts";
import { CIM_Log } from "../cim/CIM_Log.ts";

/** What happens when the log is full. @source protocols B.10 */
export const auditStoragePolicies = { none: 0, rollOver: 1, restrictedRollOver: 2 } as const;

/** @source class catalogue */
export const auditLocks = { lock: 0, unprovisioningLock: 1, unlock: 2 } as const;

/** The audit log: who changed what of the security settings.  @source class catalogue */
export const AMT_AuditLog = defineClass("AMT_AuditLog", {
  extends: CIM_Log,
  properties: {
    AuditState: uint32({ readonly: true }),
    MaxAllowedAuditors: uint16(),
    MinDaysToKeep: uint8(),
    Name: string({ key: true }),
    PercentageFree: uint32({ readonly: true }),
    StoragePolicy: enumOf(auditStoragePolicies),
    TimeOfLastRecord: datetime({ readonly: true }),
  },
  methods: {
    ReadRecords: method({
      input: { StartIndex: uint32() },
      output: { TotalRecordCount: uint32(), RecordsReturned: uint32(), EventRecords: string({ list: true }) },
    }),
    SetAuditLock: method({
      input: {
        LockTimeoutInSeconds: uint32({ optional: true }),
        Flag: enumOf(auditLocks),
        Handle: uint32({ optional: true }),
      },
      output: { Handle: uint32() },
    }),
    ExportAuditLogSignature: method({
      input: { SigningMechanism: enumOf(hashAlgorithms) },
      output: {
        TotalRecordCount: uint32(),
        StartLogTime: datetime(),
        EndLogTime: datetime(),
        GenerationTime: datetime(),
        UUID: hexBinary(),
        FQDN: string(),
        SignatureMechanism: enumOf(hashAlgorithms),
        Signature: base64(),
        LengthOfCertificates: uint16({ list: true }),
        Certificates: base64(),
      },
    }),
    SetSigningKeyMaterial: method({
      input: {
        SigningMechanismType: enumOf(hashAlgorithms),
        SigningKey: base64({ secret: true }),
        LengthOfCertificates: uint16({ list: true }),
        Certificates: base64(),
      },
    }),
  },
});
