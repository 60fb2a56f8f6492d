import { boolean, defineClass, enumOf, method, uint16, uint32 } from "../define.ts";
import { CIM_PolicyRule } from "../cim/CIM_PolicyRule.ts";

/** Whether an event must be recorded to be allowed. @source class catalogue */
export const auditPolicyTypes = { none: 0, critical: 1 } as const;

/** Which events the audit log records, and which must be recorded to be allowed.  @source class catalogue */
export const AMT_AuditPolicyRule = defineClass("AMT_AuditPolicyRule", {
  extends: CIM_PolicyRule,
  properties: {
    AuditApplicationEventID: uint32({ list: true }),
    PolicyType: uint32({ list: true }),
  },
  methods: {
    SetAuditPolicy: method({
      input: {
        Enable: boolean(),
        AuditedAppID: uint16(),
        EventID: uint16(),
        PolicyType: enumOf(auditPolicyTypes, { optional: true }),
      },
    }),
    SetAuditPolicyBulk: method({
      input: {
        Enable: boolean({ list: true }),
        AuditedAppID: uint16({ list: true }),
        EventID: uint16({ list: true }),
        PolicyType: enumOf(auditPolicyTypes, { list: true }),
      },
    }),
  },
});
