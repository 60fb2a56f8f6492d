import { defineClass, string, uint32 } from "../define.ts";
import { CIM_ManagedElement } from "../cim/CIM_ManagedElement.ts";

/** Why the host started last.  @source class catalogue */
export const IPS_HostBootReason = defineClass("IPS_HostBootReason", {
  extends: CIM_ManagedElement,
  since: "11.0",
  properties: {
    InstanceID: string({ key: true }),
    PreviousSxState: uint32(),
    Reason: uint32(),
    ReasonDetails: string(),
  },
});
