import { boolean, defineClass, string, uint16, uint32, uint64 } from "../define.ts";
import { CIM_Chip } from "./CIM_Chip.ts";

/** A memory module.  @source class catalogue */
export const CIM_PhysicalMemory = defineClass("CIM_PhysicalMemory", {
  extends: CIM_Chip,
  properties: {
    BankLabel: string(),
    Capacity: uint64(),
    ConfiguredMemoryClockSpeed: uint32(),
    DataWidth: uint16(),
    InterleavePosition: uint32(),
    IsSpeedInMhz: boolean(),
    MaxMemorySpeed: uint32(),
    MemoryType: uint16(),
    PositionInRow: uint32(),
    Speed: uint32(),
    TotalWidth: uint16(),
  },
});
