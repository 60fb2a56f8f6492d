import { datetime, defineClass, string, uint16 } from "../define.ts";
import { CIM_ProcessIndication } from "./CIM_ProcessIndication.ts";

/** What an event subscription delivers.  @source class catalogue */
export const CIM_AlertIndication = defineClass("CIM_AlertIndication", {
  extends: CIM_ProcessIndication,
  properties: {
    AlertType: uint16(),
    AlertingElementFormat: uint16(),
    AlertingManagedElement: string(),
    Description: string(),
    EventID: string(),
    EventTime: datetime(),
    Message: string(),
    MessageArguments: string({ list: true }),
    MessageID: string(),
    OtherAlertType: string(),
    OtherAlertingElementFormat: string(),
    OwningEntity: string(),
    ProbableCause: uint16(),
    ProbableCauseDescription: string(),
    ProviderName: string(),
    RecommendedActions: string({ list: true }),
    SystemCreationClassName: string(),
    SystemName: string(),
    Trending: uint16(),
  },
});
