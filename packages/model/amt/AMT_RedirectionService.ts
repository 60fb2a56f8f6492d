import { boolean, datetime, defineClass, method, reference, string, uint16, uint32 } from "../define.ts";

/** Switches for serial-over-LAN and disk redirection.  @source class catalogue, recorded answers */
export const AMT_RedirectionService = defineClass("AMT_RedirectionService", {
  parents: [
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    AccessLog: string({ list: true }),
    CreationClassName: string({ key: true }),
    ElementName: string({ optional: true }),
    EnabledState: uint16({ optional: true }),
    ListenerEnabled: boolean({ optional: true }),
    Name: string({ key: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
  methods: {
    RequestStateChange: method({
      input: { RequestedState: uint16({ optional: true }), TimeoutPeriod: datetime({ optional: true }) },
      output: { Job: reference("CIM_ManagedElement", { optional: true }) },
    }),
    TerminateSession: method({ input: { SessionType: uint32({ optional: true }) } }),
  },
  hasDatetime: true,
});
