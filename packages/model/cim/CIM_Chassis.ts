import { defineClass, int16, string, uint16 } from "../define.ts";
import { CIM_PhysicalFrame } from "./CIM_PhysicalFrame.ts";

/** The enclosure.  @source class catalogue */
export const CIM_Chassis = defineClass("CIM_Chassis", {
  extends: CIM_PhysicalFrame,
  properties: {
    ChassisPackageType: uint16(),
    ChassisTypeDescription: string(),
    ChassisTypes: uint16({ list: true }),
    CurrentRequiredOrProduced: int16(),
    HeatGeneration: uint16(),
    MultipleSystemSupport: uint16(),
    NumberOfPowerCords: uint16(),
    RackMountable: uint16(),
    TypeDescriptions: string({ list: true }),
  },
});
