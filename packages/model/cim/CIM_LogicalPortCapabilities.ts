import { boolean, defineClass, uint64 } from "../define.ts";
import { CIM_EnabledLogicalElementCapabilities } from "./CIM_EnabledLogicalElementCapabilities.ts";

/** What a port can do.  @source class catalogue */
export const CIM_LogicalPortCapabilities = defineClass("CIM_LogicalPortCapabilities", {
  extends: CIM_EnabledLogicalElementCapabilities,
  properties: {
    AutoSenseSpeedConfigurable: boolean(),
    RequestedSpeedsSupported: uint64({ list: true }),
  },
});
