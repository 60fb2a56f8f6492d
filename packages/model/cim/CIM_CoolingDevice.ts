import { boolean, defineClass } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** What cools the host.  @source class catalogue */
export const CIM_CoolingDevice = defineClass("CIM_CoolingDevice", {
  extends: CIM_LogicalDevice,
  properties: {
    ActiveCooling: boolean(),
  },
});
