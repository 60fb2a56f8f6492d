import { boolean, datetime, defineClass, int64, method, string, uint16, uint64, uint8 } from "../define.ts";
import { CIM_Log } from "./CIM_Log.ts";

/** What logs of messages have in common.  @source class catalogue */
export const CIM_MessageLog = defineClass("CIM_MessageLog", {
  extends: CIM_Log,
  properties: {
    Capabilities: uint16({ list: true }),
    CapabilitiesDescriptions: string({ list: true }),
    CharacterSet: uint16(),
    CreationClassName: string({ key: true }),
    HeaderFormat: string(),
    IsFrozen: boolean(),
    LastChange: uint16(),
    MaxLogSize: uint64(),
    MaxRecordSize: uint64(),
    Name: string({ key: true }),
    OtherPolicyDescription: string(),
    PercentageNearFull: uint8(),
    RecordHeaderFormat: string(),
    RecordLastChanged: uint64(),
    SizeOfHeader: uint64(),
    SizeOfRecordHeader: uint64(),
    TimeOfLastChange: datetime(),
    TimeWhenOutdated: datetime(),
  },
  methods: {
    PositionToFirstRecord: method({ output: { IterationIdentifier: string() } }),
    PositionAtRecord: method({
      input: {
        IterationIdentifier: string({ optional: true }),
        MoveAbsolute: boolean({ optional: true }),
        RecordNumber: int64({ optional: true }),
      },
      output: { IterationIdentifier: string(), RecordNumber: int64() },
    }),
    GetRecord: method({
      input: { IterationIdentifier: string({ optional: true }), PositionToNext: boolean({ optional: true }) },
      output: { IterationIdentifier: string(), RecordNumber: uint64(), RecordData: uint8({ list: true }) },
    }),
    DeleteRecord: method({
      input: { IterationIdentifier: string({ optional: true }), PositionToNext: boolean({ optional: true }) },
      output: { IterationIdentifier: string(), RecordNumber: uint64(), RecordData: uint8({ list: true }) },
    }),
    WriteRecord: method({
      input: {
        IterationIdentifier: string({ optional: true }),
        PositionToNext: boolean({ optional: true }),
        RecordData: uint8({ list: true }),
      },
      output: { IterationIdentifier: string(), RecordNumber: uint64() },
    }),
    CancelIteration: method({ input: { IterationIdentifier: string({ optional: true }) } }),
    FreezeLog: method({ input: { Freeze: boolean({ optional: true }) } }),
    FlagRecordForOverwrite: method({
      input: { IterationIdentifier: string({ optional: true }), PositionToNext: boolean({ optional: true }) },
      output: { IterationIdentifier: string(), RecordNumber: uint64() },
    }),
  },
});
