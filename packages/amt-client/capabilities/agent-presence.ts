import { AMT_AgentPresenceWatchdog, watchdogStates } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { bytesFromUuid, uuidFromBytes } from "@vigil/wire/uuid.ts";
import { refusal } from "../status.ts";
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

/** Watchdogs over agents in the operating system. @source protocols B.15 */
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
    await this.#wsman.create(AMT_AgentPresenceWatchdog, value, options);
  }

  async remove(guid: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(AMT_AgentPresenceWatchdog, { DeviceID: idOf(guid) }, options);
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
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.agent-presence.refused", { family: "amt", method, returnValue: ReturnValue, details });
  }
}

/** The 16 bytes in the order of the wire, as base64. @source protocols B.15 */
function idOf(guid: string): string {
  return Buffer.from(bytesFromUuid(guid)).toString("base64");
}

function maskOf(states: readonly WatchdogState[]): number {
  return states.reduce((mask, one) => mask | watchdogStates[one], 0);
}
