import { base64, defineClass, enumOf, uint32 } from "../define.ts";
import { sessionTriggers } from "../value-maps.ts";
import { CIM_PolicyRule } from "../cim/CIM_PolicyRule.ts";

/** When the device calls home: on request, on alerts, or periodically.  @source class catalogue */
export const AMT_RemoteAccessPolicyRule = defineClass("AMT_RemoteAccessPolicyRule", {
  extends: CIM_PolicyRule,
  properties: {
    ExtendedData: base64(),
    Trigger: enumOf(sessionTriggers),
    TunnelLifeTime: uint32(),
  },
});
