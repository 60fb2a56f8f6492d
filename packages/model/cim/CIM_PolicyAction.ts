import { boolean, defineClass, string } from "../define.ts";
import { CIM_Policy } from "./CIM_Policy.ts";

/** What a policy does.  @source class catalogue */
export const CIM_PolicyAction = defineClass("CIM_PolicyAction", {
  extends: CIM_Policy,
  properties: {
    CreationClassName: string({ key: true }),
    DoActionLogging: boolean(),
    PolicyActionName: string({ key: true }),
    PolicyRuleCreationClassName: string({ key: true }),
    PolicyRuleName: string({ key: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
});
