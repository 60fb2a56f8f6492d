import { boolean, defineClass, string, uint16 } from "../define.ts";

/** A processor's package.  @source class catalogue, recorded answers */
export const CIM_Chip = defineClass("CIM_Chip", {
  parents: ["CIM_PhysicalComponent", "CIM_PhysicalElement", "CIM_ManagedSystemElement", "CIM_ManagedElement"],
  properties: {
    CanBeFRUed: boolean({ optional: true }),
    CreationClassName: string({ key: true }),
    ElementName: string({ optional: true }),
    FormFactor: uint16({ optional: true }),
    Manufacturer: string({ optional: true }),
    OperationalStatus: uint16({ list: true }),
    Tag: string({ key: true }),
    Version: string({ optional: true }),
  },
  hasDatetime: true,
});
