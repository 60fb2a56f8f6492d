import { defineClass } from "../define.ts";
import { CIM_SystemComponent } from "./CIM_SystemComponent.ts";

/** Ties a device to its system.  @source class catalogue */
export const CIM_SystemDevice = defineClass("CIM_SystemDevice", {
  extends: CIM_SystemComponent,
  properties: {},
});
