import { boolean, defineClass, int16, string, uint16 } from "../define.ts";

/** The base board.  @source class catalogue, recorded answers */
export const CIM_Card = defineClass("CIM_Card", {
  parents: ["CIM_PhysicalPackage", "CIM_PhysicalElement", "CIM_ManagedSystemElement", "CIM_ManagedElement"],
  properties: {
    CanBeFRUed: boolean({ optional: true }),
    CreationClassName: string({ key: true }),
    ElementName: string({ optional: true }),
    HostingBoard: boolean({ optional: true }),
    Manufacturer: string({ optional: true }),
    Model: string({ optional: true }),
    OperatingVoltages: int16({ list: true }),
    OperationalStatus: uint16({ list: true }),
    PackageType: uint16({ optional: true }),
    RequirementsDescription: string({ optional: true }),
    RequiresDaughterBoard: boolean({ optional: true }),
    SerialNumber: string({ optional: true }),
    SlotLayout: string({ optional: true }),
    SpecialRequirements: boolean({ optional: true }),
    Tag: string({ key: true }),
    Version: string({ optional: true }),
  },
  hasDatetime: true,
});
