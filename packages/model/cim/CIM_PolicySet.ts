import { defineClass, string, uint16 } from "../define.ts";
import { CIM_Policy } from "./CIM_Policy.ts";

/** What sets of policies have in common.  @source class catalogue */
export const CIM_PolicySet = defineClass("CIM_PolicySet", {
  extends: CIM_Policy,
  properties: {
    Enabled: uint16(),
    PolicyDecisionStrategy: uint16(),
    PolicyRoles: string({ list: true }),
  },
});
