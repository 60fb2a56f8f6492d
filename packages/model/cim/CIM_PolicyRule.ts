import { boolean, defineClass, string, uint16 } from "../define.ts";
import { CIM_PolicySet } from "./CIM_PolicySet.ts";

/** What policy rules have in common.  @source class catalogue */
export const CIM_PolicyRule = defineClass("CIM_PolicyRule", {
  extends: CIM_PolicySet,
  properties: {
    ConditionListType: uint16(),
    CreationClassName: string({ key: true }),
    ExecutionStrategy: uint16(),
    Mandatory: boolean(),
    PolicyRuleName: string({ key: true }),
    Priority: uint16(),
    RuleUsage: string(),
    SequencedActions: uint16(),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
});
