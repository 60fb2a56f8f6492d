import { boolean, defineClass, uint64 } from "../define.ts";
import { CIM_CoolingDevice } from "./CIM_CoolingDevice.ts";

/** A fan of the host.  @source class catalogue */
export const CIM_Fan = defineClass("CIM_Fan", {
  extends: CIM_CoolingDevice,
  properties: {
    DesiredSpeed: uint64(),
    VariableSpeed: boolean(),
  },
});
