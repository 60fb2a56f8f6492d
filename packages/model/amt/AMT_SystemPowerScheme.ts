import { defineClass, method, string } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** In which sleep states the firmware stays on.  @source class catalogue */
export const AMT_SystemPowerScheme = defineClass("AMT_SystemPowerScheme", {
  extends: CIM_SettingData,
  properties: {
    SchemeGUID: string({ key: true }),
  },
  methods: {
    SetPowerScheme: method(),
  },
});
