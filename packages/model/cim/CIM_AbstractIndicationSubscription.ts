import { datetime, defineClass, reference, string, uint16, uint64 } from "../define.ts";

/** What subscriptions have in common.  @source class catalogue */
export const CIM_AbstractIndicationSubscription = defineClass("CIM_AbstractIndicationSubscription", {
  properties: {
    FailureTriggerTimeInterval: uint64(),
    Filter: reference("CIM_FilterCollection", { key: true }),
    Handler: reference("CIM_ListenerDestination", { key: true }),
    OnFatalErrorPolicy: uint16(),
    OtherOnFatalErrorPolicy: string(),
    OtherRepeatNotificationPolicy: string(),
    OtherSubscriptionState: string(),
    RepeatNotificationCount: uint16(),
    RepeatNotificationGap: uint64(),
    RepeatNotificationInterval: uint64(),
    RepeatNotificationPolicy: uint16(),
    SubscriptionDuration: uint64(),
    SubscriptionInfo: string(),
    SubscriptionStartTime: datetime(),
    SubscriptionState: uint16(),
    SubscriptionTimeRemaining: uint64(),
    TimeOfLastStateChange: datetime(),
  },
});
