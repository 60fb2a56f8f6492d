import { defineClass } from "../define.ts";
import { CIM_Dependency } from "./CIM_Dependency.ts";

/** Ties what is hosted to its host.  @source class catalogue */
export const CIM_HostedDependency = defineClass("CIM_HostedDependency", {
  extends: CIM_Dependency,
  properties: {},
});
