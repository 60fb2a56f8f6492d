import { defineClass, string } from "../define.ts";
import { CIM_Policy } from "./CIM_Policy.ts";

/** When a policy acts.  @source class catalogue */
export const CIM_PolicyCondition = defineClass("CIM_PolicyCondition", {
  extends: CIM_Policy,
  properties: {
    CreationClassName: string({ key: true }),
    PolicyConditionName: string({ key: true }),
    PolicyRuleCreationClassName: string({ key: true }),
    PolicyRuleName: string({ key: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
});
