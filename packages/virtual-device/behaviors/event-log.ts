import { AMT_MessageLog } from "@vigil/model/amt/AMT_MessageLog.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";

const mostRecords = 390;

/** The event log, newest record first. @source protocols B.9 */
export const eventLog: readonly Behavior[] = [
  implement(AMT_MessageLog, {
    realm: realms.eventLog,
    readingMethods: ["PositionToFirstRecord", "GetRecords"],
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
      FreezeLog({ firmware }, { Freeze }) {
        firmware.change((state) => {
          state.isLogFrozen = Freeze === true;
        });
        return returns(0);
      },
      ClearLog({ firmware }) {
        firmware.change((state) => {
          state.log = [];
        });
        return returns(0);
      },
    },
  }),
];
