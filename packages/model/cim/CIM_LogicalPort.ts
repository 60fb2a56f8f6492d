import { defineClass, string, uint16, uint64 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** What ports have in common.  @source class catalogue */
export const CIM_LogicalPort = defineClass("CIM_LogicalPort", {
  extends: CIM_LogicalDevice,
  properties: {
    MaxSpeed: uint64(),
    OtherPortType: string(),
    PortType: uint16(),
    RequestedSpeed: uint64(),
    Speed: uint64(),
    UsageRestriction: uint16(),
  },
});
