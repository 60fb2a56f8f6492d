import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";

/** The device's clock. @source protocols B.12 */
export const time: readonly Behavior[] = [
  implement(AMT_TimeSynchronizationService, {
    realm: realms.networkTime,
    readingMethods: ["GetLowAccuracyTimeSynch"],
    list: () => [
      {
        CreationClassName: "AMT_TimeSynchronizationService",
        ElementName: "Intel(r) AMT Time Synchronization Service",
        EnabledState: 5,
        LocalTimeSyncEnabled: 0,
        Name: "Intel(r) AMT Time Synchronization Service",
        RequestedState: 12,
        SystemCreationClassName: "CIM_ComputerSystem",
        SystemName: "Intel(r) AMT",
        TimeSource: 0,
      },
    ],
    methods: {
      GetLowAccuracyTimeSynch: ({ firmware }) => ({ Ta0: Math.trunc(firmware.now() / 1000), ReturnValue: 0 }),
      /** The device's clock becomes Tm2. */
      SetHighAccuracyTimeSynch({ firmware }, { Tm2 }) {
        firmware.change((state) => {
          state.clockOffsetMs = Tm2 * 1000 - firmware.clock.now();
          state.isClockSet = true;
        });
        return returns(0);
      },
    },
  }),
];
