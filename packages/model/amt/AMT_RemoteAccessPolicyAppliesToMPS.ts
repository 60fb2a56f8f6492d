import { defineClass, enumOf, uint16 } from "../define.ts";
import { CIM_PolicySetAppliesToElement } from "../cim/CIM_PolicySetAppliesToElement.ts";

/** @source protocols B.13 */
export const mpsTypes = { external: 0, internal: 1, both: 2 } as const;

/** Which servers a remote access policy calls, in which order.  @source class catalogue */
export const AMT_RemoteAccessPolicyAppliesToMPS = defineClass("AMT_RemoteAccessPolicyAppliesToMPS", {
  extends: CIM_PolicySetAppliesToElement,
  properties: {
    MpsType: enumOf(mpsTypes, { since: "11.0" }),
    OrderOfAccess: uint16(),
  },
});
