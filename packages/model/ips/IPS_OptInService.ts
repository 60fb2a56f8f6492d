import { defineClass, method, string, uint16, uint32, uint8 } from "../define.ts";

/** User consent: whether it is needed, and the code.  @source class catalogue, recorded answers */
export const IPS_OptInService = defineClass("IPS_OptInService", {
  parents: [
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    CanModifyOptInPolicy: uint8({ optional: true }),
    CreationClassName: string({ key: true }),
    ElementName: string({ optional: true }),
    Name: string({ key: true }),
    OptInCodeTimeout: uint32({ optional: true }),
    OptInDisplayTimeout: uint16({ optional: true }),
    OptInRequired: uint32({ optional: true }),
    OptInState: uint8({ optional: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
  methods: {
    SendOptInCode: method({ input: { OptInCode: uint32({ optional: true }) } }),
    StartOptIn: method(),
    CancelOptIn: method(),
  },
  hasDatetime: true,
});
