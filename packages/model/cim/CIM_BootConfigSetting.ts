import { defineClass, method, reference } from "../define.ts";
import { CIM_SettingData } from "./CIM_SettingData.ts";

/** The one boot configuration; its boot order is a single source.  @source class catalogue */
export const CIM_BootConfigSetting = defineClass("CIM_BootConfigSetting", {
  extends: CIM_SettingData,
  properties: {},
  methods: {
    ChangeBootOrder: method({
      input: { Source: reference("CIM_BootSourceSetting", { list: true }) },
      output: { Job: reference("CIM_ConcreteJob") },
    }),
  },
});
