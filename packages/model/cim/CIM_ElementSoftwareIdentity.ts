import { defineClass, string, uint16 } from "../define.ts";
import { CIM_Dependency } from "./CIM_Dependency.ts";

/** Ties a version to the system that runs it.  @source class catalogue */
export const CIM_ElementSoftwareIdentity = defineClass("CIM_ElementSoftwareIdentity", {
  extends: CIM_Dependency,
  properties: {
    ElementSoftwareStatus: uint16({ list: true }),
    OtherUpgradeCondition: string(),
    UpgradeCondition: uint16(),
  },
});
