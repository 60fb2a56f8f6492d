import { defineClass } from "../define.ts";
import { CIM_HostedDependency } from "./CIM_HostedDependency.ts";

/** Ties a service to the system that runs it.  @source class catalogue */
export const CIM_HostedService = defineClass("CIM_HostedService", {
  extends: CIM_HostedDependency,
  properties: {},
});
