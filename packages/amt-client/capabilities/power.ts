import { VigilError } from "@vigil/base/errors.ts";
import { AMT_SystemPowerScheme } from "@vigil/model/amt/AMT_SystemPowerScheme.ts";
import { CIM_AssociatedPowerManagementService } from "@vigil/model/cim/CIM_AssociatedPowerManagementService.ts";
import { CIM_ComputerSystem } from "@vigil/model/cim/CIM_ComputerSystem.ts";
import { CIM_ElementSettingData } from "@vigil/model/cim/CIM_ElementSettingData.ts";
import { CIM_PowerManagementCapabilities } from "@vigil/model/cim/CIM_PowerManagementCapabilities.ts";
import { CIM_PowerManagementService, requestedPowerStates } from "@vigil/model/cim/CIM_PowerManagementService.ts";
import type { Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { IPS_PowerManagementService } from "@vigil/model/ips/IPS_PowerManagementService.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export type PowerState = "on" | "sleep" | "hibernate" | "off" | "unknown";

/**
 * What can be asked of the power; the first four every AMT has. The "hard" ones cut the power itself. The "soft" ones are asked
 * of the operating system, which may ignore them.
 */
export type PowerAction =
  | "on"
  | "off"
  | "cycle"
  | "reset"
  | "hardOff"
  | "hardCycle"
  | "lightSleep"
  | "sleep"
  | "hibernate"
  | "interrupt"
  | "softOff"
  | "softReset"
  | "softHardOff"
  | "softCycle"
  | "softHardCycle";

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

/** In which sleep states of the machine the firmware itself stays on. */
export interface PowerScheme {
  /** The firmware's own name, e.g. "Mobile: ON in S0". */
  readonly name: string;
  /** What setScheme() takes. */
  readonly id: string;
  readonly isCurrent: boolean;
}

/** Whether the operating system saves power; "unknown" while it does not run, "unsupported" when it cannot be asked to. */
export type OsPowerSaving = "full" | "saving" | "unsupported" | "unknown";

/** Our actions in the firmware's words. @source protocols B.3 */
const actionWords = {
  on: "on",
  off: "offSoft",
  cycle: "cycleSoft",
  reset: "reset",
  hardOff: "offHard",
  hardCycle: "cycleHard",
  lightSleep: "sleepLight",
  sleep: "sleepDeep",
  hibernate: "hibernate",
  interrupt: "nmi",
  softOff: "offSoftGraceful",
  softReset: "resetGraceful",
  softHardOff: "offHardGraceful",
  softCycle: "cycleSoftGraceful",
  softHardCycle: "cycleHardGraceful",
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
    return {
      power: powerOf(reading.PowerState),
      available: actionsOf(new Set(reading.AvailableRequestedPowerStates)),
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

  /** What this machine can be asked for at all, whatever its state. */
  async supported(options: CallOptions = {}): Promise<PowerAction[]> {
    const all = await this.#wsman.enumerate(CIM_PowerManagementCapabilities, options);
    const codes = new Set(all.flatMap((one) => one.RequestedPowerStatesSupported ?? one.PowerStatesSupported ?? []));
    return actionsOf(codes);
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

  async schemes(options: CallOptions = {}): Promise<PowerScheme[]> {
    const schemes = await this.#wsman.enumerate(AMT_SystemPowerScheme, options);
    const ties = await this.#wsman.enumerate(CIM_ElementSettingData, options);
    const current = ties
      .filter((one) => one.IsCurrent === isCurrent && one.SettingData.resourceUri === AMT_SystemPowerScheme.uri)
      .map((one) => one.SettingData.selectors);
    return schemes.map(({ Description, InstanceID, SchemeGUID }) => ({
      name: Description ?? "",
      id: SchemeGUID,
      // Firmware names a scheme by either key.
      isCurrent: current.some((one) => one["SchemeGUID"] === SchemeGUID || one["InstanceID"] === InstanceID),
    }));
  }

  /** Puts a scheme in force. @param id from schemes() @throws amt.power.refused, wsman.fault.destinationUnreachable (device) */
  async setScheme(id: string, options: CallOptions = {}): Promise<void> {
    const method = "SetPowerScheme";
    const call = { ...options, selectors: { SchemeGUID: id } };
    const { ReturnValue } = await this.#wsman.invoke(AMT_SystemPowerScheme, method, {}, call);
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.power.refused", { family: "amt", method, returnValue: ReturnValue, details });
  }

  /** @throws amt.release.lacking (device) before AMT 11; so does the next */
  async osPowerSaving(options: CallOptions = {}): Promise<OsPowerSaving> {
    const { OSPowerSavingState } = await this.#wsman.get(IPS_PowerManagementService, undefined, options);
    return osPowerSavings[OSPowerSavingState ?? 0] ?? "unknown";
  }

  /** Wakes the operating system out of its power saving, as before a session, or lets it go on. @throws amt.power.refused (device) */
  async setOsPowerSaving(to: "full" | "saving", options: CallOptions = {}): Promise<void> {
    const method = "RequestOSPowerSavingStateChange";
    const input = { OSPowerSavingState: to === "full" ? "fullPower" : "osPowerSaving", ManagedElement: host } as const;
    const { ReturnValue } = await this.#wsman.invoke(IPS_PowerManagementService, method, input, options);
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
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

/** @source class catalogue "CIM_ElementSettingData" */
const isCurrent = 1;
/** @source protocols B.3 */
const osPowerSavings: readonly OsPowerSaving[] = ["unknown", "unsupported", "full", "saving"];

const wantsKeys: ReadonlySet<string> = new Set(["wsman.fault.invalidSelectors", "wsman.fault.destinationUnreachable"]);

function actionsOf(codes: ReadonlySet<number>): PowerAction[] {
  // The table's own keys.
  const all = Object.keys(actionWords) as PowerAction[];
  return all.filter((action) => codes.has(requestedPowerStates[actionWords[action]]));
}

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
