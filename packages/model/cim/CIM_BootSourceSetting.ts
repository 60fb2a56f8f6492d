import { defineClass, string, uint16 } from "../define.ts";
import { CIM_SettingData } from "./CIM_SettingData.ts";

/** What the host can be made to boot from.  @source class catalogue */
export const CIM_BootSourceSetting = defineClass("CIM_BootSourceSetting", {
  extends: CIM_SettingData,
  properties: {
    BIOSBootString: string(),
    BootString: string(),
    FailThroughSupported: uint16(),
    StructuredBootString: string(),
  },
});
