import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { realms, returns, type Behavior } from "../behavior.ts";
import { amtKeys } from "../names.ts";
import { settings } from "../settings.ts";

/** The device's clock. @source protocols B.12 */
export const time: readonly Behavior[] = [
  settings(AMT_TimeSynchronizationService)({
    realm: realms.networkTime,
    readingMethods: ["GetLowAccuracyTimeSynch"],
    list: ({ state }) => [
      {
        CreationClassName: "AMT_TimeSynchronizationService",
        ElementName: "Intel(r) AMT Time Synchronization Service",
        EnabledState: "notApplicable",
        LocalTimeSyncEnabled: state.localTimeSync,
        Name: "Intel(r) AMT Time Synchronization Service",
        RequestedState: "notApplicable",
        ...amtKeys,
        TimeSource: state.isClockSet ? "configured" : "biosClock",
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
        firmware.audit("time.set", secondsOf(Tm2));
        return returns(0);
      },
      EnableLocalTimeSync({ firmware }, { Enable }) {
        firmware.change((state) => {
          state.localTimeSync = Enable ? "configuredTrue" : "false";
        });
        return returns(0);
      },
    },
  }),
];

/** Big-endian. @source protocols B.10 "21/0" */
function secondsOf(seconds: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(seconds);
  return bytes;
}
