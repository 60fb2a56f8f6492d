import { boolean, defineClass, string, uint16, uint32, uint64 } from "../define.ts";

/** A memory module.  @source class catalogue, recorded answers */
export const CIM_PhysicalMemory = defineClass("CIM_PhysicalMemory", {
  parents: [
    "CIM_Chip",
    "CIM_PhysicalComponent",
    "CIM_PhysicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    BankLabel: string({ optional: true }),
    Capacity: uint64({ optional: true }),
    ConfiguredMemoryClockSpeed: uint32({ optional: true }),
    CreationClassName: string({ key: true }),
    DataWidth: uint16({ optional: true }),
    ElementName: string({ optional: true }),
    FormFactor: uint16({ optional: true }),
    InterleavePosition: uint32({ optional: true }),
    IsSpeedInMhz: boolean({ optional: true }),
    Manufacturer: string({ optional: true }),
    MaxMemorySpeed: uint32({ optional: true }),
    MemoryType: uint16({ optional: true }),
    PartNumber: string({ optional: true }),
    PositionInRow: uint32({ optional: true }),
    SerialNumber: string({ optional: true }),
    Speed: uint32({ optional: true }),
    Tag: string({ key: true }),
    TotalWidth: uint16({ optional: true }),
  },
  hasDatetime: true,
});
