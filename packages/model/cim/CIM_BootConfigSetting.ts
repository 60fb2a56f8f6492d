import { defineClass, method, reference, string } from "../define.ts";

/** The one boot configuration; its boot order is a single source.  @source class catalogue, recorded answers */
export const CIM_BootConfigSetting = defineClass("CIM_BootConfigSetting", {
  parents: ["CIM_SettingData", "CIM_ManagedElement"],
  properties: {
    ElementName: string({ optional: true }),
    InstanceID: string({ key: true }),
  },
  methods: {
    ChangeBootOrder: method({
      input: { Source: reference("CIM_ManagedElement", { list: true }) },
      output: { Job: reference("CIM_ManagedElement", { optional: true }) },
    }),
  },
});
