import { defineClass } from "../define.ts";
import { CIM_Component } from "./CIM_Component.ts";

/** Ties a part to its system.  @source class catalogue */
export const CIM_SystemComponent = defineClass("CIM_SystemComponent", {
  extends: CIM_Component,
  properties: {},
});
