import { defineClass, string } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What settings have in common.  @source class catalogue */
export const CIM_SettingData = defineClass("CIM_SettingData", {
  extends: CIM_ManagedElement,
  properties: {
    InstanceID: string({ key: true }),
  },
});
