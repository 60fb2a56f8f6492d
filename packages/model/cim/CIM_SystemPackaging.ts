import { defineClass } from "../define.ts";
import { CIM_Dependency } from "./CIM_Dependency.ts";

/** Ties a system to its package.  @source class catalogue */
export const CIM_SystemPackaging = defineClass("CIM_SystemPackaging", {
  extends: CIM_Dependency,
  properties: {},
});
