import type { Clock } from "@vigil/base/clock.ts";
import { AMT_AgentPresenceInterfacePolicy } from "@vigil/model/amt/AMT_AgentPresenceInterfacePolicy.ts";
import { AMT_AgentPresenceWatchdogAction } from "@vigil/model/amt/AMT_AgentPresenceWatchdogAction.ts";
import { AMT_AgentPresenceWatchdog, watchdogStates } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { decodeValues, encodeInstance } from "@vigil/model/instances.ts";
import { agentChanged, type EventRecord } from "./event-record.ts";
import type { FirmwareState } from "./state.ts";

type WatchdogState = keyof typeof watchdogStates;

interface Board {
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly state: Readonly<FirmwareState>;
  change(write: (state: FirmwareState) => void): void;
  log(...records: readonly EventRecord[]): void;
}

interface Watched {
  state: WatchdogState;
  sequence: number;
  timeoutSeconds: number;
  cancel: (() => void) | undefined;
}

/**
 * The watchdogs over agents in the host's operating system.
 *
 * States of each: notStarted -> running when its agent registers -> running again at every assertion in time -> expired when
 * one is late, stopped when the agent says that it ends. Registering leads from every state to running. When the host stops, all
 * are suspended; when it starts, they are notStarted again, and expire if their agents do not register within the startup
 * interval. Each change runs the actions whose masks hold the old and the new state. @source protocols B.15; what the host's
 * power does to them is UNVERIFIED
 */
export class Watchdogs {
  readonly #board: Board;
  readonly #all = new Map<string, Watched>();

  constructor(board: Board) {
    this.#board = board;
  }

  /** @param id base64 of the agent's GUID, as all below */
  stateOf(id: string): WatchdogState {
    return this.#all.get(id)?.state ?? "notStarted";
  }

  /** @returns the number with which the agent's assertions begin */
  register(id: string, timeoutSeconds: number): number {
    const bytes = this.#board.random(4);
    const sequence = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) >>> 1;
    const before = this.#all.get(id);
    before?.cancel?.();
    const watched: Watched = { state: before?.state ?? "notStarted", sequence, timeoutSeconds, cancel: undefined };
    this.#all.set(id, watched);
    this.#become(id, watched, "running");
    this.#await(id, watched);
    return sequence;
  }

  /** The agent lives. @param sequence one more than the last @returns false when it is not registered or the number is wrong */
  assert(id: string, sequence: number): boolean {
    const watched = this.#all.get(id);
    if (watched?.state !== "running" || sequence !== watched.sequence + 1) return false;
    watched.sequence = sequence;
    this.#await(id, watched);
    return true;
  }

  /** The agent ends by its own will. */
  shutDown(id: string, sequence: number): boolean {
    const watched = this.#all.get(id);
    if (watched?.state !== "running" || sequence !== watched.sequence + 1) return false;
    watched.cancel?.();
    this.#become(id, watched, "stopped");
    return true;
  }

  hostStopped(): void {
    for (const [id, watched] of this.#all) {
      watched.cancel?.();
      watched.cancel = undefined;
      if (watched.state === "running") this.#become(id, watched, "suspended");
    }
  }

  hostStarted(): void {
    for (const { id, startupSeconds } of this.#known()) {
      const before = this.#all.get(id);
      before?.cancel?.();
      const watched: Watched = {
        state: before?.state ?? "notStarted",
        sequence: 0,
        timeoutSeconds: 0,
        cancel: undefined,
      };
      this.#all.set(id, watched);
      if (watched.state !== "notStarted") this.#become(id, watched, "notStarted");
      watched.cancel = this.#board.clock.after(startupSeconds * 1000, () => this.#become(id, watched, "expired"));
    }
  }

  forget(id: string): void {
    this.#all.get(id)?.cancel?.();
    this.#all.delete(id);
  }

  stop(): void {
    for (const watched of this.#all.values()) watched.cancel?.();
    this.#all.clear();
  }

  #await(id: string, watched: Watched): void {
    watched.cancel?.();
    watched.cancel = this.#board.clock.after(watched.timeoutSeconds * 1000, () => this.#become(id, watched, "expired"));
  }

  #become(id: string, watched: Watched, state: WatchdogState): void {
    const from = watchdogStates[watched.state];
    const to = watchdogStates[state];
    watched.state = state;
    for (const action of this.#actionsOf(id)) {
      const [, oldMask = "0", newMask = "0"] = (action.PolicyActionName ?? "").split(":");
      if ((Number(oldMask) & from) === 0 || (Number(newMask) & to) === 0) continue;
      if (action.EventOnTransition === true) this.#board.log(agentChanged(Buffer.from(id, "base64"), to));
      if (action.ActionSd !== undefined) this.#activate(action.ActionSd === 0);
    }
  }

  #known() {
    const stored = this.#board.state.stored[AMT_AgentPresenceWatchdog.name] ?? [];
    return stored.map((one) => {
      const { DeviceID, StartupInterval } = decodeValues(AMT_AgentPresenceWatchdog.properties, one).value;
      return { id: String(DeviceID), startupSeconds: Number(StartupInterval ?? 0) };
    });
  }

  #actionsOf(id: string) {
    const stored = this.#board.state.stored[AMT_AgentPresenceWatchdogAction.name] ?? [];
    const all = stored.map((one) => decodeValues(AMT_AgentPresenceWatchdogAction.properties, one).value);
    return all
      .filter((one) => one["PolicyRuleName"] === id)
      .map(({ PolicyActionName, EventOnTransition, ActionSd }) => ({
        PolicyActionName: String(PolicyActionName),
        EventOnTransition,
        ActionSd,
      }));
  }

  /** Puts the System Defense policy of agent presence in force, or out of it. */
  #activate(Active: boolean): void {
    this.#board.change((state) => {
      const definition = AMT_AgentPresenceInterfacePolicy;
      const stored = state.stored[definition.name] ?? [];
      state.stored[definition.name] = stored.map((one) =>
        encodeInstance(definition, { ...decodeValues(definition.properties, one).value, Active }),
      );
    });
  }
}
