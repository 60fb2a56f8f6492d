import { AMT_AgentPresenceCapabilities } from "@vigil/model/amt/AMT_AgentPresenceCapabilities.ts";
import { AMT_AgentPresenceInterfacePolicy } from "@vigil/model/amt/AMT_AgentPresenceInterfacePolicy.ts";
import { AMT_AgentPresenceWatchdog, watchdogStates } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { AMT_AgentPresenceWatchdogAction } from "@vigil/model/amt/AMT_AgentPresenceWatchdogAction.ts";
import { AMT_StateTransitionCondition } from "@vigil/model/amt/AMT_StateTransitionCondition.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { bytesFromUuid, uuidFromBytes } from "@vigil/wire/uuid.ts";
import { wiredPort } from "../ports.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export type WatchdogState = keyof typeof watchdogStates;

/** An agent that must keep saying that it lives. */
export interface Watchdog {
  /** The agent's GUID as text. */
  readonly guid: string;
  /** At most 16 characters. */
  readonly description: string;
  readonly startupSeconds: number;
  /** At least 10. */
  readonly timeoutSeconds: number;
  readonly state: WatchdogState | number;
}

/** What happens when a watchdog goes from one of these states to one of those. */
export interface WatchdogAction {
  readonly from: readonly WatchdogState[];
  readonly to: readonly WatchdogState[];
  readonly isLogged: boolean;
  readonly systemDefense?: "activatePolicy" | "deactivatePolicy";
}

/** What an agent holds while it is watched. */
export interface AgentSession {
  readonly guid: string;
  /** Goes up with every sign of life. */
  readonly sequence: number;
  /** The next sign of life must come within this. */
  readonly timeoutSeconds: number;
}

/** How many the device can hold. */
export interface AgentLimits {
  readonly agents: number;
  readonly actions: number;
}

/** Watchdogs over agents in the operating system: from afar, and from the agent's own side. @source protocols B.15 */
export class AgentPresence {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async list(options: CallOptions = {}): Promise<Watchdog[]> {
    const all = await this.#wsman.enumerate(AMT_AgentPresenceWatchdog, options);
    return all.map((one) => ({
      guid: uuidFromBytes(new Uint8Array(Buffer.from(one.DeviceID, "base64"))),
      description: one.MonitoredEntityDescription ?? "",
      startupSeconds: one.StartupInterval ?? 0,
      timeoutSeconds: one.TimeoutInterval ?? 0,
      state: one.CurrentState ?? "notStarted",
    }));
  }

  async add(watchdog: Omit<Watchdog, "state">, options: CallOptions = {}): Promise<void> {
    const value = {
      DeviceID: idOf(watchdog.guid),
      MonitoredEntityDescription: watchdog.description,
      StartupInterval: watchdog.startupSeconds,
      TimeoutInterval: watchdog.timeoutSeconds,
    };
    await this.#told(this.#wsman.create(AMT_AgentPresenceWatchdog, value, options));
  }

  async remove(guid: string, options: CallOptions = {}): Promise<void> {
    await this.#told(this.#wsman.delete(AMT_AgentPresenceWatchdog, { DeviceID: idOf(guid) }, options));
  }

  async limits(options: CallOptions = {}): Promise<AgentLimits> {
    const limits = await this.#wsman.get(AMT_AgentPresenceCapabilities, undefined, options);
    return { agents: limits.MaxTotalAgents ?? 0, actions: limits.MaxTotalActions ?? 0 };
  }

  /** What happens when a watchdog changes its state. */
  async actions(guid: string, options: CallOptions = {}): Promise<WatchdogAction[]> {
    const actions = await this.#wsman.enumerate(AMT_AgentPresenceWatchdogAction, options);
    const conditions = await this.#wsman.enumerate(AMT_StateTransitionCondition, options);
    return actions
      .filter((one) => one.PolicyRuleName === idOf(guid))
      .map(({ PolicyActionName, EventOnTransition, ActionSd }) => {
        const isIts = (one: { readonly PolicyRuleName: string; readonly PolicyConditionName: string }): boolean =>
          one.PolicyRuleName === idOf(guid) && one.PolicyConditionName === PolicyActionName;
        const condition = conditions.find(isIts);
        return {
          from: statesIn(condition?.OldState ?? 0),
          to: statesIn(condition?.NewState ?? 0),
          isLogged: EventOnTransition ?? false,
          ...(ActionSd === undefined ? {} : { systemDefense: ActionSd === 0 ? "activatePolicy" : "deactivatePolicy" }),
        };
      });
  }

  /** Chooses the System Defense policy that actions put in force on the wired port; undefined chooses none. */
  async setPolicy(policy: EndpointReference | undefined, options: CallOptions = {}): Promise<void> {
    for (const { Antecedent, Dependent } of await this.#wsman.enumerate(AMT_AgentPresenceInterfacePolicy, options)) {
      const selectors = { Antecedent, Dependent };
      await this.#told(this.#wsman.delete(AMT_AgentPresenceInterfacePolicy, selectors, options));
    }
    if (policy === undefined) return;
    const tie = { Antecedent: wiredPort, Dependent: policy, Enabled: true };
    await this.#told(this.#wsman.create(AMT_AgentPresenceInterfacePolicy, tie, options));
  }

  /** The agent begins to be watched. From the agent's side, whose account has the realm "agentPresenceLocal"; so do the next two. */
  async register(guid: string, options: CallOptions = {}): Promise<AgentSession> {
    const call = { ...options, selectors: { DeviceID: idOf(guid) } };
    const answer = await this.#wsman.invoke(AMT_AgentPresenceWatchdog, "RegisterAgent", {}, call);
    this.#check("RegisterAgent", answer.ReturnValue);
    const { SessionSequenceNumber: sequence = 0, TimeoutInterval: timeoutSeconds = 0 } = answer;
    return { guid, sequence, timeoutSeconds };
  }

  /** The agent lives. @returns the session for the next time */
  assertPresence(session: AgentSession, options: CallOptions = {}): Promise<AgentSession> {
    return this.#assert("AssertPresence", session, options);
  }

  /** The agent ends by its own will, which is no alarm. */
  async assertShutdown(session: AgentSession, options: CallOptions = {}): Promise<void> {
    await this.#assert("AssertShutdown", session, options);
  }

  /** @throws amt.agent-presence.refused (device) */
  async addAction(guid: string, action: WatchdogAction, options: CallOptions = {}): Promise<void> {
    const method = "AddAction";
    const input = {
      OldState: maskOf(action.from),
      NewState: maskOf(action.to),
      EventOnTransition: action.isLogged,
      ...(action.systemDefense === undefined ? {} : { ActionSd: action.systemDefense }),
    };
    const selectors = { DeviceID: idOf(guid) };
    const { ReturnValue } = await this.#wsman.invoke(AMT_AgentPresenceWatchdog, method, input, {
      ...options,
      selectors,
    });
    this.#check(method, ReturnValue);
  }

  /** @throws amt.agent-presence.refused (device) */
  async removeActions(guid: string, options: CallOptions = {}): Promise<void> {
    const method = "DeleteAllActions";
    const call = { ...options, selectors: { DeviceID: idOf(guid) } };
    this.#check(method, (await this.#wsman.invoke(AMT_AgentPresenceWatchdog, method, {}, call)).ReturnValue);
  }

  async #assert(
    method: "AssertPresence" | "AssertShutdown",
    session: AgentSession,
    options: CallOptions,
  ): Promise<AgentSession> {
    const { guid, sequence } = session;
    const call = { ...options, selectors: { DeviceID: idOf(guid) } };
    const input = { SequenceNumber: sequence + 1 };
    this.#check(method, (await this.#wsman.invoke(AMT_AgentPresenceWatchdog, method, input, call)).ReturnValue);
    return { ...session, sequence: sequence + 1 };
  }

  async #told(change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch (cause) {
      throw refusalOf("amt.agent-presence.refused", cause);
    }
  }

  #check(method: string, returnValue: number): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.agent-presence.refused", { family: "amt", method, returnValue, details });
  }
}

/** The 16 bytes in the order of the wire, as base64. @source protocols B.15 */
function idOf(guid: string): string {
  return Buffer.from(bytesFromUuid(guid)).toString("base64");
}

function statesIn(mask: number): WatchdogState[] {
  // The table's own keys.
  return (Object.keys(watchdogStates) as WatchdogState[]).filter((one) => (mask & watchdogStates[one]) !== 0);
}

function maskOf(states: readonly WatchdogState[]): number {
  return states.reduce((mask, one) => mask | watchdogStates[one], 0);
}
