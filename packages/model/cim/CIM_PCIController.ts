import { boolean, defineClass, string, uint16, uint32, uint8 } from "../define.ts";
import { CIM_Controller } from "./CIM_Controller.ts";

/** What PCI controllers have in common.  @source class catalogue */
export const CIM_PCIController = defineClass("CIM_PCIController", {
  extends: CIM_Controller,
  properties: {
    CacheLineSize: uint8(),
    Capabilities: uint16({ list: true }),
    CapabilityDescriptions: string({ list: true }),
    ClassCode: uint8(),
    CommandRegister: uint16(),
    DeviceSelectTiming: uint16(),
    ExpansionROMBaseAddress: uint32(),
    InterruptPin: uint16(),
    LatencyTimer: uint8(),
    SelfTestEnabled: boolean(),
  },
});
