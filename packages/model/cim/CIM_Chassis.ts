import { defineClass, int16, string, uint16 } from "../define.ts";

/** The enclosure.  @source class catalogue, recorded answers */
export const CIM_Chassis = defineClass("CIM_Chassis", {
  parents: [
    "CIM_PhysicalFrame",
    "CIM_PhysicalPackage",
    "CIM_PhysicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    ChassisPackageType: uint16({ optional: true }),
    ChassisTypeDescription: string({ optional: true }),
    ChassisTypes: uint16({ list: true }),
    CreationClassName: string({ key: true }),
    CurrentRequiredOrProduced: int16({ optional: true }),
    ElementName: string({ optional: true }),
    HeatGeneration: uint16({ optional: true }),
    Manufacturer: string({ optional: true }),
    Model: string({ optional: true }),
    MultipleSystemSupport: uint16({ optional: true }),
    NumberOfPowerCords: uint16({ optional: true }),
    OperationalStatus: uint16({ list: true }),
    PackageType: uint16({ optional: true }),
    RackMountable: uint16({ optional: true }),
    SerialNumber: string({ optional: true }),
    Tag: string({ key: true }),
    TypeDescriptions: string({ list: true }),
    Version: string({ optional: true }),
  },
  hasDatetime: true,
});
