import { boolean, defineClass, int64, method, string, uint32, uint64, uint8 } from "../define.ts";
import { CIM_MessageLog } from "../cim/CIM_MessageLog.ts";

/** The event log: at most 390 records of 21 bytes.  @source class catalogue */
export const AMT_MessageLog = defineClass("AMT_MessageLog", {
  extends: CIM_MessageLog,
  properties: {},
  methods: {
    GetRecords: method({
      input: { IterationIdentifier: string(), MaxReadRecords: uint32() },
      output: { IterationIdentifier: string(), NoMoreRecords: boolean(), RecordArray: string({ list: true }) },
    }),
    GetRecord: method({
      input: { IterationIdentifier: string(), PositionToNext: boolean({ optional: true }) },
      output: { IterationIdentifier: string(), RecordNumber: uint64(), RecordData: uint8({ list: true }) },
    }),
    PositionAtRecord: method({
      input: { IterationIdentifier: string(), MoveAbsolute: boolean(), RecordNumber: int64() },
      output: { IterationIdentifier: string(), RecordNumber: int64() },
    }),
    FreezeLog: method({ input: { Freeze: boolean() } }),
  },
});
