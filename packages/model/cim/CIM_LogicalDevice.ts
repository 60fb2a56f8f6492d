import { boolean, defineClass, string, uint16, uint32, uint64 } from "../define.ts";
import { CIM_EnabledLogicalElement } from "./CIM_EnabledLogicalElement.ts";

/** What devices of a system have in common.  @source class catalogue */
export const CIM_LogicalDevice = defineClass("CIM_LogicalDevice", {
  extends: CIM_EnabledLogicalElement,
  properties: {
    AdditionalAvailability: uint16({ list: true }),
    Availability: uint16(),
    CreationClassName: string({ key: true }),
    DeviceID: string({ key: true }),
    ErrorCleared: boolean(),
    ErrorDescription: string(),
    IdentifyingDescriptions: string({ list: true }),
    LastErrorCode: uint32(),
    MaxQuiesceTime: uint64(),
    OtherIdentifyingInfo: string({ list: true }),
    PowerManagementCapabilities: uint16({ list: true }),
    PowerManagementSupported: boolean(),
    PowerOnHours: uint64(),
    StatusInfo: uint16(),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
    TotalPowerOnHours: uint64(),
  },
});
