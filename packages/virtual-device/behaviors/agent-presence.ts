import { AMT_AgentPresenceCapabilities } from "@vigil/model/amt/AMT_AgentPresenceCapabilities.ts";
import { AMT_AgentPresenceInterfacePolicy } from "@vigil/model/amt/AMT_AgentPresenceInterfacePolicy.ts";
import { AMT_AgentPresenceService } from "@vigil/model/amt/AMT_AgentPresenceService.ts";
import { AMT_AgentPresenceWatchdog } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { AMT_AgentPresenceWatchdogAction } from "@vigil/model/amt/AMT_AgentPresenceWatchdogAction.ts";
import { AMT_StateTransitionCondition } from "@vigil/model/amt/AMT_StateTransitionCondition.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import type { Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { IPS_WatchDogAction } from "@vigil/model/ips/IPS_WatchDogAction.ts";
import { implement, realms, returns, type Behavior, type Call, type Refusal } from "../behavior.ts";
import { amtKeys } from "../names.ts";
import { entries } from "../entries.ts";
import { settings } from "../settings.ts";
import { add, keep, storedAt, storedOf } from "../stored.ts";

const { agentPresenceRemote: realm } = realms;
/** PT_STATUS. @source protocols A.13 */
const unregistered = 8;
const limitReached = 23;
const invalidParameter = 36;
const refused = (status: number): Refusal => ({ fault: "InternalError", status });
/** UNVERIFIED; the device says them in its capabilities. */
const mostAgents = 16;
const mostActions = 64;

/** Watchdogs over agents in the operating system; time runs in firmware/watchdogs.ts. @source protocols B.15 */
export const agentPresence: readonly Behavior[] = [
  implement(AMT_AgentPresenceService)({
    realm,
    list: () => [
      {
        CreationClassName: "AMT_AgentPresenceService",
        ElementName: "Intel(r) AMT Agent Presence Service",
        Name: "Intel(r) AMT Agent Presence Service",
        ...amtKeys,
      },
    ],
  }),
  implement(AMT_AgentPresenceCapabilities)({
    realm,
    list: () => [
      {
        ElementName: "Intel(r) AMT: Agent Presence Capabilities",
        InstanceID: "Intel(r) AMT:Agent Presence Capabilities 0",
        MaxEacAgents: 0,
        MaxTotalActions: mostActions,
        MaxTotalAgents: mostAgents,
        MinGuaranteedActionListSize: 1,
      },
    ],
  }),
  entries(AMT_AgentPresenceWatchdog)({
    realm,
    most: mostAgents,
    create({ firmware }, value) {
      // The 16 bytes of the agent's GUID. @source protocols B.15
      if (Buffer.from(value.DeviceID ?? "", "base64").length !== 16 || !isWatchdog(value)) {
        return refused(invalidParameter);
      }
      firmware.audit("agent.added");
      return { ...value, CreationClassName: "AMT_AgentPresenceWatchdog", ...amtKeys };
    },
    check: (_call, value) => (isWatchdog(value) ? undefined : refused(invalidParameter)),
    remove({ firmware }, { DeviceID = "" }) {
      keep(
        firmware,
        AMT_AgentPresenceWatchdogAction,
        storedOf(firmware, AMT_AgentPresenceWatchdogAction).filter((one) => one.PolicyRuleName !== DeviceID),
      );
      firmware.watchdogs.forget(DeviceID);
      firmware.audit("agent.removed");
      return undefined;
    },
    // The agent itself has the realm of the machine's side. @source protocols B.15
    methodRealms: {
      RegisterAgent: realms.agentPresenceLocal,
      AssertPresence: realms.agentPresenceLocal,
      AssertShutdown: realms.agentPresenceLocal,
    },
    shown: (firmware, { DeviceID = "" }) => ({ CurrentState: firmware.watchdogs.stateOf(DeviceID) }),
    methods: {
      RegisterAgent(call) {
        const watchdog = watchdogOf(call);
        if (watchdog === undefined) return returns(invalidParameter);
        const SessionSequenceNumber = call.firmware.watchdogs.register(
          watchdog.DeviceID ?? "",
          watchdog.TimeoutInterval ?? 0,
        );
        return { SessionSequenceNumber, TimeoutInterval: watchdog.TimeoutInterval ?? 0, ReturnValue: 0 };
      },
      AssertPresence(call, { SequenceNumber }) {
        const watchdog = watchdogOf(call);
        const isAlive =
          watchdog !== undefined && call.firmware.watchdogs.assert(watchdog.DeviceID ?? "", SequenceNumber);
        return returns(isAlive ? 0 : unregistered);
      },
      AssertShutdown(call, { SequenceNumber }) {
        const watchdog = watchdogOf(call);
        const isDone =
          watchdog !== undefined && call.firmware.watchdogs.shutDown(watchdog.DeviceID ?? "", SequenceNumber);
        return returns(isDone ? 0 : unregistered);
      },
      AddAction(call, { OldState, NewState, EventOnTransition, ActionSd, ActionEac = false }) {
        const watchdog = watchdogOf(call);
        if (watchdog === undefined || OldState > 31 || NewState > 31) return returns(invalidParameter);
        const stored = storedOf(call.firmware, AMT_AgentPresenceWatchdogAction);
        if (stored.length >= mostActions) return returns(limitReached);
        const { DeviceID = "" } = watchdog;
        const number = stored.filter((one) => one.PolicyRuleName === DeviceID).length;
        const keys = {
          CreationClassName: "AMT_AgentPresenceWatchdogAction",
          PolicyRuleCreationClassName: "AMT_AgentPresenceWatchdog",
          PolicyRuleName: DeviceID,
          ...amtKeys,
        };
        add(call.firmware, AMT_AgentPresenceWatchdogAction, {
          ...keys,
          // What an action is made of stands in its name, so that it can be told from the others.
          PolicyActionName: `${number}:${OldState}:${NewState}:${ActionEac ? 1 : 0}`,
          EventOnTransition,
          ...(ActionSd === undefined ? {} : { ActionSd: ActionSd === "deactivatePolicy" ? 1 : 0 }),
        });
        call.firmware.audit("agent.action");
        return returns(0);
      },
      DeleteAllActions(call) {
        const watchdog = watchdogOf(call);
        if (watchdog === undefined) return returns(invalidParameter);
        const { firmware } = call;
        const rest = storedOf(firmware, AMT_AgentPresenceWatchdogAction).filter(
          (one) => one.PolicyRuleName !== watchdog.DeviceID,
        );
        keep(firmware, AMT_AgentPresenceWatchdogAction, rest);
        return returns(0);
      },
    },
  }),
  entries(AMT_AgentPresenceWatchdogAction)({
    realm,
    most: mostActions,
    methods: {
      GetActionEac: (call) => {
        const name = String(call.selectors["PolicyActionName"] ?? "");
        return { ActionEac: name.endsWith(":1"), ReturnValue: 0 };
      },
    },
  }),
  implement(AMT_StateTransitionCondition)({
    realm,
    list: (firmware) =>
      storedOf(firmware, AMT_AgentPresenceWatchdogAction).map((one) => {
        const [, oldState = "0", newState = "0"] = (one.PolicyActionName ?? "").split(":");
        return {
          CreationClassName: "AMT_StateTransitionCondition",
          NewState: Number(newState),
          OldState: Number(oldState),
          PolicyConditionName: one.PolicyActionName ?? "",
          PolicyRuleCreationClassName: "AMT_AgentPresenceWatchdog",
          PolicyRuleName: one.PolicyRuleName ?? "",
          ...amtKeys,
        };
      }),
  }),
  entries(AMT_AgentPresenceInterfacePolicy)({
    realm,
    most: 2,
    create({ firmware }, { Antecedent, Dependent, Enabled = true }) {
      const policy = storedAt(firmware, AMT_SystemDefensePolicy, Dependent);
      if (policy === undefined || Antecedent === undefined) return { fault: "InvalidRepresentation" };
      return { Active: false, Antecedent, Dependent: referenceTo(AMT_SystemDefensePolicy, policy), Enabled };
    },
  }),
  settings(IPS_WatchDogAction)({
    realm,
    list: () => [
      {
        AgentPresenceWatchDogExpirationAction: 0,
        ElementName: "Intel(r) AMT: Watchdog Action",
        HeciWatchDogExpirationAction: 0,
        InstanceID: "Intel(r) AMT: Watchdog Action 0",
        ReArmReset: false,
        Timeout: 0,
      },
    ],
    methods: {
      ApplyActionOnWatchDog({ firmware }, { AgentPresenceWatchDog }) {
        return returns(
          storedAt(firmware, AMT_AgentPresenceWatchdog, AgentPresenceWatchDog) === undefined ? invalidParameter : 0,
        );
      },
      CancelRebootAction: () => returns(0),
    },
  }),
];

/** @source protocols B.15 */
function isWatchdog(value: Partial<Instance<typeof AMT_AgentPresenceWatchdog>>): boolean {
  const { MonitoredEntityDescription = "", StartupInterval = 0, TimeoutInterval = 0 } = value;
  return MonitoredEntityDescription.length <= 16 && TimeoutInterval >= 10 && StartupInterval >= 1;
}

/** The watchdog that is meant; without selectors the only one. */
function watchdogOf({ firmware, selectors }: Call) {
  const stored = storedOf(firmware, AMT_AgentPresenceWatchdog);
  const id = selectors["DeviceID"];
  return id === undefined ? stored[0] : stored.find((one) => one.DeviceID === id);
}
