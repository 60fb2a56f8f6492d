import { defineClass, reference, uint16 } from "../define.ts";

/** Ties settings to what they are for, and tells which are in force.  @source class catalogue */
export const CIM_ElementSettingData = defineClass("CIM_ElementSettingData", {
  properties: {
    IsCurrent: uint16(),
    IsDefault: uint16(),
    IsNext: uint16(),
    ManagedElement: reference("CIM_ManagedElement", { key: true }),
    SettingData: reference("CIM_ManagedElement", { key: true }),
  },
});
