import { defineClass } from "../define.ts";
import { CIM_Dependency } from "./CIM_Dependency.ts";

/** Ties an identity to its role.  @source class catalogue */
export const CIM_ConcreteDependency = defineClass("CIM_ConcreteDependency", {
  extends: CIM_Dependency,
  properties: {},
});
