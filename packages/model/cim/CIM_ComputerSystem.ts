import { defineClass, string, uint16 } from "../define.ts";
import { CIM_System } from "./CIM_System.ts";

/** The managed host, or AMT itself.  @source class catalogue */
export const CIM_ComputerSystem = defineClass("CIM_ComputerSystem", {
  extends: CIM_System,
  properties: {
    Dedicated: uint16({ list: true }),
    OtherDedicatedDescriptions: string({ list: true }),
    PowerManagementCapabilities: uint16({ list: true }),
    ResetCapability: uint16(),
  },
});
