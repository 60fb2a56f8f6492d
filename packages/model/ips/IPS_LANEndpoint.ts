import { defineClass } from "../define.ts";
import { CIM_LANEndpoint } from "../cim/CIM_LANEndpoint.ts";

/** The firmware's own network endpoint.  @source class catalogue */
export const IPS_LANEndpoint = defineClass("IPS_LANEndpoint", {
  extends: CIM_LANEndpoint,
  properties: {},
});
