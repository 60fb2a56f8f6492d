import { datetime, defineClass, string, uint16, uint32 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** What controllers have in common.  @source class catalogue */
export const CIM_Controller = defineClass("CIM_Controller", {
  extends: CIM_LogicalDevice,
  properties: {
    MaxNumberControlled: uint32(),
    ProtocolDescription: string(),
    ProtocolSupported: uint16(),
    TimeOfLastReset: datetime(),
  },
});
