import { defineClass, string } from "../define.ts";
import { CIM_SettingData } from "./CIM_SettingData.ts";

/** What boot settings have in common.  @source class catalogue */
export const CIM_BootSettingData = defineClass("CIM_BootSettingData", {
  extends: CIM_SettingData,
  properties: {
    OwningEntity: string({ readonly: true }),
  },
});
