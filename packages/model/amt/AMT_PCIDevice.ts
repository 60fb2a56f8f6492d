import { defineClass, uint16, uint32, uint8 } from "../define.ts";
import { CIM_PCIController } from "../cim/CIM_PCIController.ts";

/** A PCI device of the host.  @source class catalogue */
export const AMT_PCIDevice = defineClass("AMT_PCIDevice", {
  extends: CIM_PCIController,
  properties: {
    BaseAddress: uint32({ list: true }),
    DeviceLocation: uint16(),
    MaxLatency: uint8(),
    MinGrantTime: uint8(),
    ProgIf: uint8(),
    RevisionID: uint8(),
    Subclass: uint8(),
    SubsystemID: uint16(),
    SubsystemVendorID: uint16(),
    VendorID: uint16(),
  },
});
