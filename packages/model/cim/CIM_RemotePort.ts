import { defineClass, string, uint16 } from "../define.ts";
import { CIM_RemoteServiceAccessPoint } from "./CIM_RemoteServiceAccessPoint.ts";

/** What ports of other machines have in common.  @source class catalogue */
export const CIM_RemotePort = defineClass("CIM_RemotePort", {
  extends: CIM_RemoteServiceAccessPoint,
  until: "17.0",
  properties: {
    OtherProtocolDescription: string(),
    PortInfo: string(),
    PortProtocol: uint16(),
  },
});
