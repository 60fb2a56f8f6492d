import { datetime, defineClass, int64, string, uint16 } from "../define.ts";

/** What events have in common.  @source class catalogue */
export const CIM_Indication = defineClass("CIM_Indication", {
  properties: {
    CorrelatedIndications: string({ list: true }),
    IndicationFilterName: string(),
    IndicationIdentifier: string(),
    IndicationTime: datetime(),
    OtherSeverity: string(),
    PerceivedSeverity: uint16(),
    SequenceContext: string(),
    SequenceNumber: int64(),
  },
});
