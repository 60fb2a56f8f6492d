import { boolean, datetime, defineClass, reference, uint32 } from "../define.ts";

/** How often a System Defense filter in force has matched.  @source class catalogue */
export const AMT_ActiveFilterStatistics = defineClass("AMT_ActiveFilterStatistics", {
  properties: {
    ActivationTime: datetime(),
    Antecedent: reference("CIM_ManagedElement", { key: true }),
    Dependent: reference("CIM_ManagedElement", { key: true }),
    FilterMatched: boolean(),
    LastResetTime: datetime(),
    ReadCount: uint32(),
  },
});
