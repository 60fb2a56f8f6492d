import { VigilError } from "@vigil/base/errors.ts";
import { AMT_BootCapabilities } from "@vigil/model/amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import { CIM_BootConfigSetting } from "@vigil/model/cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "@vigil/model/cim/CIM_BootService.ts";
import { CIM_BootSourceSetting } from "@vigil/model/cim/CIM_BootSourceSetting.ts";
import type { Changes } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { withDetails } from "../errors.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** What the machine can be made to start from, once. */
export type BootTarget = "disk" | "network" | "cd" | "diagnostic" | "bios-setup" | "bios-pause";

/** What is arranged for the next boot. */
export interface BootState {
  /** True while options wait for the machine's next boot. */
  readonly isPending: boolean;
  readonly entersBiosSetup: boolean;
  readonly pausesInBios: boolean;
}

const sources: Readonly<Record<BootTarget, string | undefined>> = {
  disk: "Intel(r) AMT: Force Hard-drive Boot",
  network: "Intel(r) AMT: Force PXE Boot",
  cd: "Intel(r) AMT: Force CD/DVD Boot",
  diagnostic: "Intel(r) AMT: Force Diagnostic Boot",
  "bios-setup": undefined,
  "bios-pause": undefined,
};

const configuration = referenceTo(CIM_BootConfigSetting, { InstanceID: "Intel(r) AMT: Boot Configuration 0" });
/** For the next boot only. @source protocols B.4 "Role" */
const nextSingleUse = "isNextSingleUse";

type Settings = Changes<typeof AMT_BootSettingData>;

/** Every option that changes the next boot, off. */
const noOptions = {
  BIOSPause: false,
  BIOSSetup: false,
  BootMediaIndex: 0,
  ConfigurationDataReset: false,
  FirmwareVerbosity: "default",
  ForcedProgressEvents: false,
  IDERBootDevice: "floppy",
  LockKeyboard: false,
  LockPowerButton: false,
  LockResetButton: false,
  LockSleepButton: false,
  ReflashBIOS: false,
  UseIDER: false,
  UseSOL: false,
  UseSafeMode: false,
  UserPasswordBypass: false,
} as const satisfies Settings;

/** What firmware shows and does not take back. @source protocols B.4 "Put rules" */
const readOnly = [
  "BIOSLastStatus",
  "BootguardStatus",
  "OptionsCleared",
  "RPEEnabled",
  "RSEPassword",
  "SecureBootControlEnabled",
  "UEFIHTTPSBootEnabled",
  "UEFILocalPBABootEnabled",
  "UefiBootNumberOfParams",
  "UefiBootParametersArray",
  "WinREBootEnabled",
] as const;

/** What the machine starts from next time. The options hold for one boot; then the firmware clears them. */
export class Boot {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async read(options: CallOptions = {}): Promise<BootState> {
    const settings = await this.#wsman.get(AMT_BootSettingData, undefined, options);
    return {
      isPending: settings.OptionsCleared === false,
      entersBiosSetup: settings.BIOSSetup ?? false,
      pausesInBios: settings.BIOSPause ?? false,
    };
  }

  /** What this firmware can start from. */
  async supported(options: CallOptions = {}): Promise<BootTarget[]> {
    const can = await this.#wsman.get(AMT_BootCapabilities, undefined, options);
    const all: readonly (readonly [BootTarget, boolean | undefined])[] = [
      ["disk", can.ForceHardDriveBoot],
      ["network", can.ForcePXEBoot],
      ["cd", can.ForceCDorDVDBoot],
      ["diagnostic", can.ForceDiagnosticBoot],
      ["bios-setup", can.BIOSSetup],
      ["bios-pause", can.BIOSPause],
    ];
    return all.filter(([, isSupported]) => isSupported === true).map(([target]) => target);
  }

  /**
   * Arranges the next boot; a power command then makes it happen. When a step fails, the options are taken back before the
   * error is thrown, so that no later boot is caught by half of them.
   * @throws amt.boot.refused (device)
   */
  async arrange(target: BootTarget, options: CallOptions = {}): Promise<void> {
    const source = sources[target];
    const wanted = { ...noOptions, BIOSSetup: target === "bios-setup", BIOSPause: target === "bios-pause" };
    // The BIOS options are refused while a source is chosen.
    await this.#order([], options);
    try {
      await this.#put(wanted, options);
      await this.#role(options);
      if (source !== undefined) await this.#order([source], options);
    } catch (cause) {
      await this.#takeBack(cause, options);
    }
  }

  /** Takes back what was arranged. @throws amt.boot.refused (device) */
  async clear(options: CallOptions = {}): Promise<void> {
    await this.#order([], options);
    await this.#put(noOptions, options);
  }

  /** Throws the failure after taking back what preceded it; also after an abort, which must not leave half of the options. */
  async #takeBack(cause: unknown, { timeoutMs }: CallOptions): Promise<never> {
    try {
      await this.clear(timeoutMs === undefined ? {} : { timeoutMs });
    } catch {
      // What the caller has to know is the first failure, and that something of it remains.
      throw cause instanceof VigilError ? withDetails(cause, { areOptionsTakenBack: false }) : cause;
    }
    throw cause;
  }

  async #put(changes: Settings, options: CallOptions): Promise<void> {
    await this.#wsman.put(AMT_BootSettingData, changes, undefined, { ...options, omitted: readOnly });
  }

  async #order(ids: readonly string[], options: CallOptions): Promise<void> {
    const method = "ChangeBootOrder";
    const input = { Source: ids.map((id) => referenceTo(CIM_BootSourceSetting, { InstanceID: id })) };
    const { ReturnValue } = await this.#wsman.invoke(CIM_BootConfigSetting, method, input, options);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  async #role(options: CallOptions): Promise<void> {
    const method = "SetBootConfigRole";
    const input = { BootConfigSetting: configuration, Role: nextSingleUse } as const;
    const { ReturnValue } = await this.#wsman.invoke(CIM_BootService, method, input, options);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.boot.refused", { family: "boot", method, returnValue, details });
  }
}
