import { defineClass, string, uint16 } from "../define.ts";

/** The managed host, or AMT itself.  @source class catalogue, recorded answers */
export const CIM_ComputerSystem = defineClass("CIM_ComputerSystem", {
  parents: [
    "CIM_System",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    CreationClassName: string({ key: true }),
    Dedicated: uint16({ list: true }),
    Description: string({ optional: true }),
    ElementName: string({ optional: true }),
    EnabledState: uint16({ optional: true }),
    Name: string({ key: true }),
    NameFormat: string({ optional: true }),
    OtherDedicatedDescriptions: string({ list: true }),
    PowerManagementCapabilities: uint16({ list: true }),
    RequestedState: uint16({ optional: true }),
    ResetCapability: uint16({ optional: true }),
  },
  hasDatetime: true,
});
