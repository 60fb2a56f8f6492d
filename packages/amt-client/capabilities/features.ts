import { VigilError } from "@vigil/base/errors.ts";
import { AMT_RedirectionService } from "@vigil/model/amt/AMT_RedirectionService.ts";
import { CIM_KVMRedirectionSAP } from "@vigil/model/cim/CIM_KVMRedirectionSAP.ts";
import type { Changes } from "@vigil/model/define.ts";
import { IPS_KVMRedirectionSettingData } from "@vigil/model/ips/IPS_KVMRedirectionSettingData.ts";
import { IPS_ScreenConfigurationService } from "@vigil/model/ips/IPS_ScreenConfigurationService.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** Which ways to the machine's screen, disk and serial line are open. */
export interface FeatureState {
  readonly isSerialOn: boolean;
  readonly isDiskOn: boolean;
  /** undefined when the machine has no screen redirection. */
  readonly isScreenOn: boolean | undefined;
  readonly isListening: boolean;
}

/** Limits of screen redirection. */
export interface ScreenSettings {
  readonly needsConsent: boolean;
  readonly isPlainPortOpen: boolean;
  /** 0 is none. */
  readonly sessionTimeoutMinutes: number;
}

/** The machine's own screen during a session. */
export interface ScreenBlanking {
  readonly isAllowed: boolean;
  readonly isBlank: boolean;
  /** Through how many more boots it stays dark. */
  readonly rebootsLeft: number;
}

const sessionTypes = { disk: "ider", serial: "sol" } as const;

/** Switches for redirection. The web page is General's. @source protocols B.7 */
export class Features {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async read(options: CallOptions = {}): Promise<FeatureState> {
    const service = await this.#wsman.get(AMT_RedirectionService, undefined, options);
    const state = service.EnabledState;
    return {
      isSerialOn: state === "sol" || state === "iderAndSol",
      isDiskOn: state === "ider" || state === "iderAndSol",
      isScreenOn: await this.#isScreenOn(options),
      isListening: service.ListenerEnabled ?? false,
    };
  }

  /** Switches serial line and disk; the firmware has one switch for both. @throws amt.features.refused (device) */
  async switchRedirection(
    to: { readonly serial: boolean; readonly disk: boolean },
    options: CallOptions = {},
  ): Promise<void> {
    const states = ["none", "ider", "sol", "iderAndSol"] as const;
    const RequestedState = states[(to.disk ? 1 : 0) + (to.serial ? 2 : 0)] ?? "none";
    const method = "RequestStateChange";
    const answer = await this.#wsman.invoke(AMT_RedirectionService, method, { RequestedState }, options);
    this.#check(method, answer.ReturnValue);
    await this.#settleListener(options);
  }

  /** @throws amt.features.refused (device) */
  async switchScreen(isOn: boolean, options: CallOptions = {}): Promise<void> {
    const method = "RequestStateChange";
    const input = { RequestedState: isOn ? "enabled" : "disabled" } as const;
    const answer = await this.#wsman.invoke(CIM_KVMRedirectionSAP, method, input, options);
    this.#check(method, answer.ReturnValue);
    await this.#settleListener(options);
  }

  /** The listener is a switch of its own: without it nobody gets in, and with nothing behind it, it is to be off. */
  async #settleListener(options: CallOptions): Promise<void> {
    const { isSerialOn, isDiskOn, isScreenOn, isListening } = await this.read(options);
    const ListenerEnabled = isSerialOn || isDiskOn || isScreenOn === true;
    if (ListenerEnabled !== isListening) {
      await this.#wsman.put(AMT_RedirectionService, { ListenerEnabled }, undefined, options);
    }
  }

  async screenSettings(options: CallOptions = {}): Promise<ScreenSettings> {
    const settings = await this.#wsman.get(IPS_KVMRedirectionSettingData, undefined, options);
    return {
      needsConsent: settings.OptInPolicy ?? true,
      isPlainPortOpen: settings.Is5900PortEnabled ?? false,
      sessionTimeoutMinutes: settings.SessionTimeout ?? 0,
    };
  }

  /** @param plainPassword of the plain port: exactly eight characters of four kinds */
  async setScreen(
    changes: Partial<ScreenSettings> & { readonly plainPassword?: string },
    options: CallOptions = {},
  ): Promise<void> {
    const { needsConsent, isPlainPortOpen, sessionTimeoutMinutes, plainPassword } = changes;
    const wanted: Changes<typeof IPS_KVMRedirectionSettingData> = {
      ...(needsConsent === undefined ? {} : { OptInPolicy: needsConsent }),
      ...(isPlainPortOpen === undefined ? {} : { Is5900PortEnabled: isPlainPortOpen }),
      ...(sessionTimeoutMinutes === undefined ? {} : { SessionTimeout: sessionTimeoutMinutes }),
      ...(plainPassword === undefined ? {} : { RFBPassword: plainPassword }),
    };
    try {
      await this.#wsman.put(IPS_KVMRedirectionSettingData, wanted, undefined, options);
    } catch (cause) {
      throw refusalOf("amt.features.refused", cause);
    }
  }

  /** Ends a session that somebody has open. @throws amt.features.refused (device); so do all below */
  async endSession(kind: "disk" | "serial" | "screen", options: CallOptions = {}): Promise<void> {
    const method = "TerminateSession";
    const { ReturnValue } =
      kind === "screen"
        ? await this.#wsman.invoke(IPS_KVMRedirectionSettingData, method, {}, options)
        : await this.#wsman.invoke(AMT_RedirectionService, method, { SessionType: sessionTypes[kind] }, options);
    this.#check(method, ReturnValue);
  }

  /** Whether the machine's own screen may go dark while a remote session is open. @throws amt.release.lacking (device) before AMT 11 */
  async blanking(options: CallOptions = {}): Promise<ScreenBlanking> {
    const service = await this.#wsman.get(IPS_ScreenConfigurationService, undefined, options);
    return {
      isAllowed: service.EnabledState === "enabled",
      isBlank: service.CurrentState === 1,
      rebootsLeft: service.RemainingConsecutiveRebootsNum ?? 0,
    };
  }

  async allowBlanking(isAllowed: boolean, options: CallOptions = {}): Promise<void> {
    const method = "RequestStateChange";
    const input = { RequestedState: isAllowed ? "enabled" : "disabled" } as const;
    this.#check(method, (await this.#wsman.invoke(IPS_ScreenConfigurationService, method, input, options)).ReturnValue);
  }

  /** Makes the screen dark, or light again. @param to.reboots through how many boots it stays dark, 3 at most */
  async blankScreen(
    to: { readonly isBlank: boolean; readonly reboots?: number },
    options: CallOptions = {},
  ): Promise<void> {
    const method = "SetSessionState";
    const input = { SessionState: to.isBlank ? "open" : "close", ConsecutiveRebootsNum: to.reboots ?? 0 } as const;
    const { ReturnValue } = await this.#wsman.invoke(IPS_ScreenConfigurationService, method, input, options);
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.features.refused", { family: "amt", method, returnValue: ReturnValue, details });
  }

  async #isScreenOn(options: CallOptions): Promise<boolean | undefined> {
    try {
      const { EnabledState } = await this.#wsman.get(CIM_KVMRedirectionSAP, undefined, options);
      return EnabledState === "enabled" || EnabledState === "enabledButOffline";
    } catch (cause) {
      if (cause instanceof VigilError && cause.code === "wsman.fault.destinationUnreachable") return undefined;
      throw cause;
    }
  }

  #check(method: string, returnValue: number): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.features.refused", { family: "state-change", method, returnValue, details });
  }
}
