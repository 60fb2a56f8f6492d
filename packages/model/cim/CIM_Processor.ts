import { defineClass, string, uint16, uint32 } from "../define.ts";
import { CIM_LogicalDevice } from "./CIM_LogicalDevice.ts";

/** A processor.  @source class catalogue */
export const CIM_Processor = defineClass("CIM_Processor", {
  extends: CIM_LogicalDevice,
  properties: {
    AddressWidth: uint16(),
    CPUStatus: uint16(),
    Characteristics: uint16({ list: true }),
    CurrentClockSpeed: uint32(),
    DataWidth: uint16(),
    EnabledProcessorCharacteristics: uint16({ list: true }),
    ExternalBusClockSpeed: uint32(),
    Family: uint16(),
    LoadPercentage: uint16(),
    MaxClockSpeed: uint32(),
    NumberOfEnabledCores: uint16(),
    OtherFamilyDescription: string(),
    Role: string(),
    Stepping: string(),
    UniqueID: string(),
    UpgradeMethod: uint16(),
  },
});
