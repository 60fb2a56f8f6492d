import { defineClass, string, uint16, uint32 } from "../define.ts";
import { CIM_ProtocolEndpoint } from "./CIM_ProtocolEndpoint.ts";

/** What network endpoints have in common.  @source class catalogue */
export const CIM_LANEndpoint = defineClass("CIM_LANEndpoint", {
  extends: CIM_ProtocolEndpoint,
  properties: {
    AliasAddresses: string({ list: true }),
    GroupAddresses: string({ list: true }),
    LANID: string(),
    LANType: uint16(),
    MACAddress: string(),
    MaxDataSize: uint32(),
    OtherLANType: string(),
  },
});
