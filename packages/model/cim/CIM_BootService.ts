import { datetime, defineClass, method, reference, string, uint16 } from "../define.ts";

/** Chooses the boot configuration for the next boot.  @source class catalogue, recorded answers */
export const CIM_BootService = defineClass("CIM_BootService", {
  parents: [
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    CreationClassName: string({ key: true }),
    ElementName: string({ optional: true }),
    EnabledState: uint16({ optional: true }),
    Name: string({ key: true }),
    OperationalStatus: uint16({ list: true }),
    RequestedState: uint16({ optional: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
  methods: {
    SetBootConfigRole: method({
      input: { BootConfigSetting: reference("CIM_ManagedElement"), Role: uint16() },
      output: { Job: reference("CIM_ManagedElement", { optional: true }) },
    }),
    RequestStateChange: method({
      input: { RequestedState: uint16({ optional: true }), TimeoutPeriod: datetime({ optional: true }) },
      output: { Job: reference("CIM_ManagedElement", { optional: true }) },
    }),
  },
  hasDatetime: true,
});
