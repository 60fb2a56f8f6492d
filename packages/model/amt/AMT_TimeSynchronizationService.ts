import { boolean, defineClass, method, string, uint16, uint32 } from "../define.ts";

/** The device's clock.  @source class catalogue, recorded answers */
export const AMT_TimeSynchronizationService = defineClass("AMT_TimeSynchronizationService", {
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
    LocalTimeSyncEnabled: uint32({ optional: true }),
    Name: string({ key: true }),
    RequestedState: uint16({ optional: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
    TimeSource: uint32({ optional: true }),
  },
  methods: {
    GetLowAccuracyTimeSynch: method({ output: { Ta0: uint32({ optional: true }) } }),
    SetHighAccuracyTimeSynch: method({ input: { Ta0: uint32(), Tm1: uint32(), Tm2: uint32() } }),
    EnableLocalTimeSync: method({ input: { Enable: boolean() } }),
  },
  hasDatetime: true,
});
