import { VigilError } from "@vigil/base/errors.ts";
import { AMT_BootCapabilities } from "@vigil/model/amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import { CIM_BootConfigSetting } from "@vigil/model/cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "@vigil/model/cim/CIM_BootService.ts";
import { CIM_BootSourceSetting } from "@vigil/model/cim/CIM_BootSourceSetting.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import {
  bootTargets,
  isAnyChosen,
  lackingOf,
  noOptionsOf,
  settingsOf,
  targetsOf,
  type BootOptions,
  type BootSettings,
  type BootTarget,
} from "../boot-options.ts";
import { fail, withDetails } from "../errors.ts";
import {
  entryParametersOf,
  erasableOf,
  eraseParametersOf,
  httpsParametersOf,
  type Erase,
  type EraseTarget,
  type HttpsBoot,
} from "../recovery.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export type { BootOptions, BootTarget } from "../boot-options.ts";

/** What is arranged for the next boot. */
export interface BootState {
  /** True while options wait for the machine's next boot. */
  readonly isPending: boolean;
  readonly entersBiosSetup: boolean;
  readonly pausesInBios: boolean;
}

/** Boots that repair the machine, and erasing it from afar. */
export interface RecoveryState {
  /** False until it is allowed by `allowRecovery`. */
  readonly isAllowed: boolean;
  readonly isEraseAllowed: boolean;
  /** What the platform has at all. */
  readonly platform: { readonly https: boolean; readonly windows: boolean; readonly preboot: boolean };
  /** Entries that the BIOS offers now: of Windows recovery, or of a program that runs before the system. */
  readonly entries: readonly { readonly id: string; readonly path: string }[];
  readonly erasable: readonly EraseTarget[];
}

/** How the last erase went. */
export interface EraseResult {
  readonly result: "none" | "running" | "done" | "failed";
  readonly reason: string;
}

const httpsSource = "Intel(r) AMT: Force OCR UEFI HTTPS Boot";
const entrySource = /^Intel\(r\) AMT: Force OCR UEFI Boot Option \d+$/;
const configuration = referenceTo(CIM_BootConfigSetting, { InstanceID: "Intel(r) AMT: Boot Configuration 0" });
/** For the next boot only. @source protocols B.4 "Role" */
const nextSingleUse = "isNextSingleUse";
/** @source protocols B.4 "BIOSLastStatus" */
const eraseResults: Readonly<Record<number, EraseResult["result"]>> = { 0: "done", 1: "running", 65_535: "failed" };
const eraseReasons = ["", "the drive failed", "the drive's password is another one", "the drive cannot do it"];

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
      // Before release 11 nothing says whether they have been used up.
      isPending: settings.OptionsCleared === undefined ? isAnyChosen(settings) : !settings.OptionsCleared,
      entersBiosSetup: settings.BIOSSetup ?? false,
      pausesInBios: settings.BIOSPause ?? false,
    };
  }

  /** What this machine can start from. */
  async supported(options: CallOptions = {}): Promise<BootTarget[]> {
    return targetsOf(await this.#wsman.get(AMT_BootCapabilities, undefined, options));
  }

  /**
   * Arranges the next boot; a power command then makes it happen. When a step fails, the options are taken back before the
   * error is thrown, so that no later boot is caught by half of them.
   * @throws amt.platform.lacking, amt.boot.refused (device), amt.consent.needed (caller); so do all below
   */
  async arrange(target: BootTarget, options: BootOptions & CallOptions = {}): Promise<void> {
    const can = await this.#wsman.get(AMT_BootCapabilities, undefined, options);
    const lacking = lackingOf(target, options, can);
    if (lacking.length > 0) throw this.#lacking(lacking.join(", "), targetsOf(can).join(", "));
    const { source } = bootTargets[target];
    await this.#arrange(settingsOf(target, options), source, options);
  }

  /** Takes back what was arranged. */
  async clear(options: CallOptions = {}): Promise<void> {
    await this.#order([], options);
    await this.#put({}, options);
  }

  /** What there is of recovery boots and of erasing. @throws amt.release.lacking (device) */
  async recovery(options: CallOptions = {}): Promise<RecoveryState> {
    const can = await this.#wsman.get(AMT_BootCapabilities, undefined, options);
    const settings = await this.#wsman.get(AMT_BootSettingData, undefined, options);
    const sources = await this.#wsman.enumerate(CIM_BootSourceSetting, options);
    return {
      isAllowed: settings.UEFIHTTPSBootEnabled === true || settings.WinREBootEnabled === true,
      isEraseAllowed: settings.RPEEnabled ?? false,
      platform: {
        https: can.ForceUEFIHTTPSBoot ?? false,
        windows: can.ForceWinREBoot ?? false,
        preboot: can.ForceUEFIPBABoot ?? false,
      },
      entries: sources
        .filter((one) => entrySource.test(one.InstanceID))
        .map((one) => ({ id: one.InstanceID, path: one.BIOSBootString ?? "" })),
      erasable: erasableOf(can.PlatformErase ?? 0),
    };
  }

  /** Allows recovery boots and erasing, or forbids them. */
  async allowRecovery(
    to: { readonly recovery: boolean; readonly erase: boolean },
    options: CallOptions = {},
  ): Promise<void> {
    const can = await this.#wsman.get(AMT_BootCapabilities, undefined, options);
    const hasRecovery = can.ForceUEFIHTTPSBoot === true || can.ForceWinREBoot === true || can.ForceUEFIPBABoot === true;
    if (to.recovery && !hasRecovery) throw this.#lacking("recovery boots", "");
    if (to.erase && erasableOf(can.PlatformErase ?? 0).length === 0) throw this.#lacking("platform erase", "");
    const method = "RequestStateChange";
    const states = ["recoveryAndEraseOff", "recoveryOn", "eraseOn", "recoveryAndEraseOn"] as const;
    const input = { RequestedState: states[(to.recovery ? 1 : 0) + (to.erase ? 2 : 0)] ?? "recoveryAndEraseOff" };
    this.#check(method, (await this.#wsman.invoke(CIM_BootService, method, input, options)).ReturnValue);
  }

  /** Arranges that the next boot is of an image from a web server. */
  async arrangeHttps(boot: HttpsBoot, options: CallOptions = {}): Promise<void> {
    const { isAllowed, platform, entries } = await this.recovery(options);
    if (!isAllowed || !platform.https) throw this.#lacking("HTTPS boot", entries.map(({ id }) => id).join(", "));
    await this.#arrange(httpsParametersOf(boot), httpsSource, options);
  }

  /** Arranges that the next boot is of one of the BIOS's recovery entries. @param id from recovery() */
  async arrangeEntry(id: string, options: CallOptions = {}): Promise<void> {
    const { entries } = await this.recovery(options);
    const entry = entries.find((one) => one.id === id);
    if (entry === undefined) throw this.#lacking(id, entries.map((one) => one.id).join(", "));
    await this.#arrange(entryParametersOf(entry.path), id, options);
  }

  /** Arranges that the next boot erases the machine. It cannot be undone once that boot has come. */
  async arrangeErase(erase: Erase, options: CallOptions = {}): Promise<void> {
    const { isEraseAllowed, erasable } = await this.recovery(options);
    const lacking = erase.what.filter((one) => !erasable.includes(one));
    const isPossible = isEraseAllowed && erase.what.length > 0 && lacking.length === 0;
    const wanted = lacking.length === 0 ? "platform erase" : lacking.join(", ");
    if (!isPossible) throw this.#lacking(wanted, isEraseAllowed ? erasable.join(", ") : "");
    await this.#arrange({ PlatformErase: true, ...eraseParametersOf(erase) }, undefined, options);
  }

  /** Arranges that the next boot has the drive erase itself, on machines that can do that and no more. */
  async arrangeDriveErase(drivePassword: string, options: CallOptions = {}): Promise<void> {
    const can = await this.#wsman.get(AMT_BootCapabilities, undefined, options);
    if (can.SecureErase !== true) throw this.#lacking("SecureErase", "");
    await this.#arrange({ SecureErase: true, RSEPassword: drivePassword }, undefined, options);
  }

  /** How the last erase of either kind went. */
  async eraseResult(options: CallOptions = {}): Promise<EraseResult> {
    const { BIOSLastStatus = [] } = await this.#wsman.get(AMT_BootSettingData, undefined, options);
    const [general = 2, detail = 0] = BIOSLastStatus;
    return { result: eraseResults[general] ?? "none", reason: eraseReasons[detail] ?? `status ${detail}` };
  }

  async #arrange(wanted: BootSettings, source: string | undefined, options: CallOptions): Promise<void> {
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

  /** All options as wanted, the others off. */
  async #put(wanted: BootSettings, options: CallOptions): Promise<void> {
    const changes = { ...noOptionsOf(this.#wsman.connection.release ?? ""), ...wanted };
    const omitted = readOnly.filter((one) => !Object.hasOwn(wanted, one));
    try {
      await this.#wsman.put(AMT_BootSettingData, changes, undefined, { ...options, omitted });
    } catch (cause) {
      throw refusalOf("amt.boot.refused", cause);
    }
  }

  async #order(ids: readonly string[], options: CallOptions): Promise<void> {
    const method = "ChangeBootOrder";
    const input = { Source: ids.map((id) => referenceTo(CIM_BootSourceSetting, { InstanceID: id })) };
    this.#check(method, (await this.#wsman.invoke(CIM_BootConfigSetting, method, input, options)).ReturnValue);
  }

  async #role(options: CallOptions): Promise<void> {
    const method = "SetBootConfigRole";
    const input = { BootConfigSetting: configuration, Role: nextSingleUse } as const;
    this.#check(method, (await this.#wsman.invoke(CIM_BootService, method, input, options)).ReturnValue);
  }

  #lacking(wanted: string, has: string): VigilError {
    return fail("amt.platform.lacking", { details: { ...this.#wsman.connection.details, wanted, has } });
  }

  #check(method: string, returnValue: number): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.boot.refused", { family: "boot", method, returnValue, details });
  }
}
