import { defineClass, enumOf, string, uint16 } from "../define.ts";
import { infoFormats } from "../value-maps.ts";
import { CIM_ServiceAccessPoint } from "./CIM_ServiceAccessPoint.ts";

/** What services of other machines are reached by.  @source class catalogue */
export const CIM_RemoteServiceAccessPoint = defineClass("CIM_RemoteServiceAccessPoint", {
  extends: CIM_ServiceAccessPoint,
  properties: {
    AccessContext: uint16(),
    AccessInfo: string(),
    InfoFormat: enumOf(infoFormats),
    OtherAccessContext: string(),
    OtherInfoFormatDescription: string(),
  },
});
