import { defineClass, enumOf, string, uint16 } from "../define.ts";
import { enabledStates, operationalStatuses } from "../value-maps.ts";
import { CIM_ServiceAccessPoint } from "./CIM_ServiceAccessPoint.ts";

/** What endpoints of a protocol have in common.  @source class catalogue */
export const CIM_ProtocolEndpoint = defineClass("CIM_ProtocolEndpoint", {
  extends: CIM_ServiceAccessPoint,
  properties: {
    EnabledState: enumOf(enabledStates),
    NameFormat: string(),
    OperationalStatus: enumOf(operationalStatuses, { list: true }),
    OtherTypeDescription: string(),
    ProtocolIFType: uint16(),
    ProtocolType: uint16(),
  },
});
