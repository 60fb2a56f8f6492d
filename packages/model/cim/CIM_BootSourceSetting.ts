import { defineClass, string, uint16 } from "../define.ts";

/** What the host can be made to boot from.  @source class catalogue, recorded answers */
export const CIM_BootSourceSetting = defineClass("CIM_BootSourceSetting", {
  parents: ["CIM_SettingData", "CIM_ManagedElement"],
  properties: {
    BIOSBootString: string({ optional: true }),
    BootString: string({ optional: true }),
    ElementName: string({ optional: true }),
    FailThroughSupported: uint16({ optional: true }),
    InstanceID: string({ key: true }),
    StructuredBootString: string({ optional: true }),
  },
});
