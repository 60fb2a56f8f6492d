import { defineClass, string, uint16 } from "../define.ts";
import { CIM_RemoteServiceAccessPoint } from "../cim/CIM_RemoteServiceAccessPoint.ts";

/** A management presence server that the device may call.  @source class catalogue */
export const AMT_ManagementPresenceRemoteSAP = defineClass("AMT_ManagementPresenceRemoteSAP", {
  extends: CIM_RemoteServiceAccessPoint,
  properties: {
    CN: string(),
    Port: uint16(),
  },
});
