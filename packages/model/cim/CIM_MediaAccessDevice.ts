import { boolean, datetime, defineClass, string, uint16, uint32, uint64 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** A disk.  @source class catalogue */
export const CIM_MediaAccessDevice = defineClass("CIM_MediaAccessDevice", {
  extends: CIM_LogicalDevice,
  properties: {
    Capabilities: uint16({ list: true }),
    CapabilityDescriptions: string({ list: true }),
    CompressionMethod: string(),
    DefaultBlockSize: uint64(),
    ErrorMethodology: string(),
    LastCleaned: datetime(),
    LoadTime: uint64(),
    MaxAccessTime: uint64(),
    MaxBlockSize: uint64(),
    MaxMediaSize: uint64(),
    MaxUnitsBeforeCleaning: uint64(),
    MediaIsLocked: boolean(),
    MinBlockSize: uint64(),
    MountCount: uint64(),
    NeedsCleaning: boolean(),
    NumberOfMediaSupported: uint32(),
    Security: uint16(),
    TimeOfLastMount: datetime(),
    TotalMountTime: uint64(),
    UncompressedDataRate: uint32(),
    UnitsDescription: string(),
    UnitsUsed: uint64(),
    UnloadTime: uint64(),
  },
});
