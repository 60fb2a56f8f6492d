import { defineClass, string } from "../define.ts";
import { CIM_EnabledLogicalElement } from "./CIM_EnabledLogicalElement.ts";

/** What services are reached by.  @source class catalogue */
export const CIM_ServiceAccessPoint = defineClass("CIM_ServiceAccessPoint", {
  extends: CIM_EnabledLogicalElement,
  properties: {
    CreationClassName: string({ key: true }),
    Name: string({ key: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
});
