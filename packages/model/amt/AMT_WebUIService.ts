import { datetime, defineClass, method, reference, string, uint16 } from "../define.ts";

/** Switches the firmware's own web page.  @source class catalogue, recorded answers */
export const AMT_WebUIService = defineClass("AMT_WebUIService", {
  parents: [
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    CreationClassName: string({ key: true }),
    Description: string({ optional: true }),
    ElementName: string({ optional: true }),
    EnabledState: uint16({ optional: true }),
    Name: string({ key: true }),
    RequestedState: uint16({ optional: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
  methods: {
    RequestStateChange: method({
      input: { RequestedState: uint16({ optional: true }), TimeoutPeriod: datetime({ optional: true }) },
      output: { Job: reference("CIM_ManagedElement", { optional: true }) },
    }),
  },
  hasDatetime: true,
});
