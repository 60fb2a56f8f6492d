import { AMT_EventLogEntry } from "@vigil/model/amt/AMT_EventLogEntry.ts";
import { AMT_MessageLog } from "@vigil/model/amt/AMT_MessageLog.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";

const mostRecords = 390;
/** PT_STATUS. @source protocols A.13 */
const eventLogFrozen = 2059;

/** The event log, newest record first. @source protocols B.9 */
export const eventLog: readonly Behavior[] = [
  implement(AMT_MessageLog)({
    realm: realms.eventLogReader,
    readingMethods: ["PositionToFirstRecord", "GetRecords", "GetRecord", "PositionAtRecord", "CancelIteration"],
    list: (firmware) => [
      {
        Capabilities: [5, 6, 8, 7],
        CharacterSet: 10,
        CreationClassName: "AMT_MessageLog",
        CurrentNumberOfRecords: BigInt(firmware.state.log.length),
        ElementName: "Intel(r) AMT:MessageLog 1",
        EnabledDefault: 2,
        EnabledState: 2,
        HealthState: 5,
        IsFrozen: firmware.state.isLogFrozen,
        LastChange: 0,
        LogState: 4,
        MaxLogSize: 0n,
        MaxNumberOfRecords: BigInt(mostRecords),
        MaxRecordSize: 21n,
        Name: "Intel(r) AMT:MessageLog 1",
        OperationalStatus: [2],
        OverwritePolicy: 2,
        PercentageNearFull: 100,
        RequestedState: 12,
        SizeOfHeader: 0n,
        SizeOfRecordHeader: 0n,
        Status: "OK",
      },
    ],
    methods: {
      PositionToFirstRecord: ({ firmware }) =>
        firmware.state.log.length === 0 ? returns(2) : { IterationIdentifier: "1", ReturnValue: 0 },
      GetRecords({ firmware }, { IterationIdentifier, MaxReadRecords }) {
        const from = Number(IterationIdentifier);
        if (!/^\d{1,4}$/.test(IterationIdentifier) || from < 1 || MaxReadRecords < 1) return returns(2);
        const newestFirst = firmware.state.log.toReversed();
        if (from > newestFirst.length) return returns(3);
        const records = newestFirst.slice(from - 1, from - 1 + Math.min(MaxReadRecords, mostRecords));
        const next = from + records.length;
        return {
          IterationIdentifier: String(next),
          NoMoreRecords: next > newestFirst.length,
          RecordArray: records,
          ReturnValue: 0,
        };
      },
      GetRecord({ firmware }, { IterationIdentifier, PositionToNext = false }) {
        const at = Number(IterationIdentifier);
        const record = firmware.state.log.toReversed()[at - 1];
        if (!/^\d{1,4}$/.test(IterationIdentifier) || record === undefined) return returns(2);
        return {
          IterationIdentifier: String(PositionToNext ? at + 1 : at),
          RecordNumber: BigInt(at),
          RecordData: [...Buffer.from(record, "base64")],
          ReturnValue: 0,
        };
      },
      PositionAtRecord({ firmware }, { IterationIdentifier, MoveAbsolute, RecordNumber }) {
        const at = MoveAbsolute ? Number(RecordNumber) : Number(IterationIdentifier) + Number(RecordNumber);
        if (!(at >= 1 && at <= firmware.state.log.length)) return returns(2);
        return { IterationIdentifier: String(at), RecordNumber: BigInt(at), ReturnValue: 0 };
      },
      CancelIteration: () => returns(0),
      FreezeLog({ firmware }, { Freeze }) {
        firmware.change((state) => {
          state.isLogFrozen = Freeze;
        });
        firmware.audit("event.logFrozen", Uint8Array.of(Freeze ? 1 : 0));
        return returns(0);
      },
      ClearLog({ firmware }) {
        if (firmware.state.isLogFrozen) return returns(eventLogFrozen);
        firmware.change((state) => {
          state.log = [];
        });
        firmware.audit("event.logCleared");
        return returns(0);
      },
    },
  }),
  implement(AMT_EventLogEntry)({
    realm: realms.eventLogReader,
    list: ({ state }) =>
      state.log.toReversed().map((one, index) => {
        const bytes = Buffer.from(one, "base64");
        return {
          CreationTimeStamp: { datetime: new Date(bytes.readUInt32LE(0) * 1000).toISOString().replace(/\.\d+/, "") },
          DeviceAddress: bytes[4] ?? 0,
          ElementName: "Event Log Entry",
          Entity: bytes[11] ?? 0,
          EntityInstance: bytes[12] ?? 0,
          EventData: [...bytes.subarray(13)],
          EventOffset: bytes[7] ?? 0,
          EventSensorType: bytes[5] ?? 0,
          EventSeverity: bytes[9] ?? 0,
          EventSourceType: bytes[8] ?? 0,
          EventType: bytes[6] ?? 0,
          InstanceID: `Intel(r) AMT:Event Log Entry ${index + 1}`,
          LogInstanceID: "Intel(r) AMT:MessageLog 1",
          LogName: "Intel(r) AMT:MessageLog 1",
          RecordID: String(index + 1),
          SensorNumber: bytes[10] ?? 0,
        };
      }),
  }),
];
