import { boolean, defineClass, enumOf, method, uint32 } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** @source protocols B.12 */
export const localTimeSyncStates = { defaultTrue: 0, configuredTrue: 1, false: 2 } as const;

/** @source protocols B.12 */
export const timeSources = { biosClock: 0, configured: 1 } as const;

/** The device's clock.  @source class catalogue */
export const AMT_TimeSynchronizationService = defineClass("AMT_TimeSynchronizationService", {
  extends: CIM_Service,
  properties: {
    LocalTimeSyncEnabled: enumOf(localTimeSyncStates, { readonly: true }),
    TimeSource: enumOf(timeSources, { readonly: true }),
  },
  methods: {
    GetLowAccuracyTimeSynch: method({ output: { Ta0: uint32() } }),
    SetHighAccuracyTimeSynch: method({ input: { Ta0: uint32(), Tm1: uint32(), Tm2: uint32() } }),
    EnableLocalTimeSync: method({ input: { Enable: boolean() } }),
  },
});
