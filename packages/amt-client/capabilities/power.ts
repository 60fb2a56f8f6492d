import { VigilError } from "@vigil/base/errors.ts";
import { CIM_AssociatedPowerManagementService } from "@vigil/model/cim/CIM_AssociatedPowerManagementService.ts";
import { CIM_ComputerSystem } from "@vigil/model/cim/CIM_ComputerSystem.ts";
import { CIM_PowerManagementService, requestedPowerStates } from "@vigil/model/cim/CIM_PowerManagementService.ts";
import type { Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export type PowerState = "on" | "sleep" | "hibernate" | "off" | "unknown";

/** What can be asked of the power; the first four every AMT has. */
export type PowerAction =
  | "on"
  | "off"
  | "cycle"
  | "reset"
  | "sleep"
  | "hibernate"
  | "interrupt"
  | "softOff"
  | "softReset";

/** What a device says about its power. */
export interface PowerReading {
  readonly power: PowerState;
  /** What it would do now; empty when the firmware does not say. */
  readonly available: readonly PowerAction[];
}

/** The firmware accepted the command: "done", or "started" when it goes on after the answer. */
export interface PowerResult {
  readonly result: "done" | "started";
}

/** Our actions in the firmware's words. "soft" ones go through the operating system, which may ignore them. @source protocols B.3 */
const actionWords = {
  on: "on",
  off: "offSoft",
  cycle: "cycleSoft",
  reset: "reset",
  sleep: "sleepDeep",
  hibernate: "hibernate",
  interrupt: "nmi",
  softOff: "offSoftGraceful",
  softReset: "resetGraceful",
} as const satisfies Readonly<Record<PowerAction, keyof typeof requestedPowerStates>>;

/** The machine itself; the other system, "Intel(r) AMT", is the firmware. */
const host = referenceTo(CIM_ComputerSystem, { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" });

/** Power of the machine. */
export class Power {
  readonly #wsman: Wsman;
  /** Some firmware may want the association's keys for a Get; then enumerating finds it. UNVERIFIED which. */
  #needsEnumeration = false;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /** Whether the machine is on. */
  async state(options: CallOptions = {}): Promise<{ readonly power: PowerState }> {
    const { PowerState } = await this.#read(options);
    return { power: powerOf(PowerState) };
  }

  /** Whether the machine is on, and what can be asked of it now. */
  async read(options: CallOptions = {}): Promise<PowerReading> {
    const reading = await this.#read(options);
    const codes = new Set(reading.AvailableRequestedPowerStates);
    // The table's own keys.
    const all = Object.keys(actionWords) as PowerAction[];
    return {
      power: powerOf(reading.PowerState),
      available: all.filter((action) => codes.has(requestedPowerStates[actionWords[action]])),
    };
  }

  /** Switches the machine on. @throws amt.power.refused (device), amt.outcome.unknown (network); so do all below */
  on(options: CallOptions = {}): Promise<PowerResult> {
    return this.request("on", options);
  }

  /** Switches the machine off at once. */
  off(options: CallOptions = {}): Promise<PowerResult> {
    return this.request("off", options);
  }

  /** Switches the machine off and on again. */
  cycle(options: CallOptions = {}): Promise<PowerResult> {
    return this.request("cycle", options);
  }

  /** Restarts the machine without switching it off. */
  reset(options: CallOptions = {}): Promise<PowerResult> {
    return this.request("reset", options);
  }

  /** Asks for any action. The firmware answers before the machine has changed: state() tells when it has. */
  async request(action: PowerAction, options: CallOptions = {}): Promise<PowerResult> {
    const method = "RequestPowerStateChange";
    const input = { PowerState: actionWords[action], ManagedElement: host };
    const { ReturnValue } = await this.#wsman.invoke(CIM_PowerManagementService, method, input, options);
    if (ReturnValue === 0) return { result: "done" };
    if (ReturnValue === 4096) return { result: "started" };
    const details = { ...this.#wsman.connection.details, action };
    throw refusal("amt.power.refused", { family: "state-change", method, returnValue: ReturnValue, details });
  }

  async #read(options: CallOptions): Promise<Instance<typeof CIM_AssociatedPowerManagementService>> {
    if (!this.#needsEnumeration) {
      try {
        return await this.#wsman.get(CIM_AssociatedPowerManagementService, undefined, options);
      } catch (cause) {
        if (!(cause instanceof VigilError) || !wantsKeys.has(cause.code)) throw cause;
        this.#needsEnumeration = true;
      }
    }
    const all = await this.#wsman.enumerate(CIM_AssociatedPowerManagementService, options);
    return all.find((one) => one.PowerState !== undefined) ?? { ServiceProvided: host, UserOfService: host };
  }
}

const wantsKeys: ReadonlySet<string> = new Set(["wsman.fault.invalidSelectors", "wsman.fault.destinationUnreachable"]);

function powerOf(value: string | number | undefined): PowerState {
  switch (value) {
    case "on":
      return "on";
    case "sleepLight":
    case "sleepDeep":
      return "sleep";
    case "hibernate":
      return "hibernate";
    case "offHard":
    case "offSoft":
      return "off";
    default:
      return "unknown";
  }
}
