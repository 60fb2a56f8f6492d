import { defineClass } from "../define.ts";
import { CIM_Dependency } from "./CIM_Dependency.ts";

/** Ties a device to the part it is made of.  @source class catalogue */
export const CIM_Realizes = defineClass("CIM_Realizes", {
  extends: CIM_Dependency,
  properties: {},
});
