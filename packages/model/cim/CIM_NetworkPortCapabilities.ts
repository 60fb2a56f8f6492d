import { boolean, defineClass, uint16, uint64 } from "../define.ts";
import { CIM_LogicalPortCapabilities } from "./CIM_LogicalPortCapabilities.ts";

/** What a network port can do.  @source class catalogue */
export const CIM_NetworkPortCapabilities = defineClass("CIM_NetworkPortCapabilities", {
  extends: CIM_LogicalPortCapabilities,
  properties: {
    LinkTechnologiesSupported: uint16({ list: true }),
    NetworkIDsConfigurable: boolean(),
    NetworkIDsFormat: uint16(),
    PortSpeedsSupported: uint64({ list: true }),
    SpeedConfigurable: boolean(),
  },
});
