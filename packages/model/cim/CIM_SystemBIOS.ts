import { defineClass } from "../define.ts";
import { CIM_SystemComponent } from "./CIM_SystemComponent.ts";

/** Ties the BIOS to its system.  @source class catalogue */
export const CIM_SystemBIOS = defineClass("CIM_SystemBIOS", {
  extends: CIM_SystemComponent,
  properties: {},
});
