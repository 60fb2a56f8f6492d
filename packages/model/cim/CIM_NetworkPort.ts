import { boolean, defineClass, string, uint16, uint64 } from "../define.ts";
import { CIM_LogicalPort } from "./CIM_LogicalPort.ts";

/** What network ports have in common.  @source class catalogue */
export const CIM_NetworkPort = defineClass("CIM_NetworkPort", {
  extends: CIM_LogicalPort,
  properties: {
    ActiveMaximumTransmissionUnit: uint64(),
    AutoSense: boolean(),
    FullDuplex: boolean(),
    LinkTechnology: uint16(),
    NetworkAddresses: string({ list: true }),
    OtherLinkTechnology: string(),
    OtherNetworkPortType: string(),
    PermanentAddress: string(),
    PortNumber: uint16(),
    SupportedMaximumTransmissionUnit: uint64(),
  },
});
