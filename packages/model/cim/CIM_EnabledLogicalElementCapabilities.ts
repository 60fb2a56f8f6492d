import { boolean, defineClass, string, uint16 } from "../define.ts";
import { CIM_Capabilities } from "./CIM_Capabilities.ts";

/** What can be asked of something that can be switched.  @source class catalogue */
export const CIM_EnabledLogicalElementCapabilities = defineClass("CIM_EnabledLogicalElementCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    ElementNameEditSupported: boolean(),
    ElementNameMask: string(),
    MaxElementNameLen: uint16(),
    RequestedStatesSupported: uint16({ list: true }),
  },
});
