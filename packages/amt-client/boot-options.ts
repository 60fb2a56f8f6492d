import { AMT_BootCapabilities } from "@vigil/model/amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import type { Changes, Instance } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";

/** What the machine can be made to start from, once. The redirected ones are media of ours; "default" is the BIOS's own order. */
export type BootTarget =
  | "default"
  | "disk"
  | "safe-mode"
  | "network"
  | "cd"
  | "diagnostic"
  | "bios-setup"
  | "bios-pause"
  | "bios-reflash"
  | "redirected-cd"
  | "redirected-floppy";

export type BootLock = "keyboard" | "power-button" | "reset-button" | "sleep-button";

/** What else holds for that boot. */
export interface BootOptions {
  /** The N-th of its kind, from 1; 0 lets the BIOS choose. */
  readonly mediaIndex?: number;
  /** The BIOS's text goes to a serial-over-LAN session. */
  readonly showsOnSerial?: boolean;
  readonly locks?: readonly BootLock[];
  /** Passwords that the BIOS asks its users for are skipped. */
  readonly skipsPasswords?: boolean;
  readonly verbosity?: "quiet" | "verbose" | "screenBlank";
  /** The BIOS reports every step as an event. */
  readonly reportsProgress?: boolean;
  /** The BIOS's configuration goes back to the maker's. */
  readonly resetsConfiguration?: boolean;
  readonly enforcesSecureBoot?: boolean;
}

export type BootSettings = Changes<typeof AMT_BootSettingData>;
export type BootCapabilities = Instance<typeof AMT_BootCapabilities>;
type Capability = keyof BootCapabilities;

/** Targets: the boot source that each stands for, and what the platform must have. @source protocols B.4 */
export const bootTargets: Readonly<
  Record<BootTarget, { readonly source?: string; readonly needs?: Capability; readonly settings?: BootSettings }>
> = {
  default: {},
  disk: { source: "Intel(r) AMT: Force Hard-drive Boot", needs: "ForceHardDriveBoot" },
  "safe-mode": {
    source: "Intel(r) AMT: Force Hard-drive Boot",
    needs: "ForceHardDriveSafeModeBoot",
    settings: { UseSafeMode: true },
  },
  network: { source: "Intel(r) AMT: Force PXE Boot", needs: "ForcePXEBoot" },
  cd: { source: "Intel(r) AMT: Force CD/DVD Boot", needs: "ForceCDorDVDBoot" },
  diagnostic: { source: "Intel(r) AMT: Force Diagnostic Boot", needs: "ForceDiagnosticBoot" },
  "bios-setup": { needs: "BIOSSetup", settings: { BIOSSetup: true } },
  "bios-pause": { needs: "BIOSPause", settings: { BIOSPause: true } },
  "bios-reflash": { needs: "BIOSReflash", settings: { ReflashBIOS: true } },
  "redirected-cd": { needs: "IDER", settings: { UseIDER: true, IDERBootDevice: "cd" } },
  "redirected-floppy": { needs: "IDER", settings: { UseIDER: true, IDERBootDevice: "floppy" } },
};

const locks = {
  keyboard: ["LockKeyboard", "KeyboardLock"],
  "power-button": ["LockPowerButton", "PowerButtonLock"],
  "reset-button": ["LockResetButton", "ResetButtonLock"],
  "sleep-button": ["LockSleepButton", "SleepButtonLock"],
} as const satisfies Readonly<Record<BootLock, readonly [keyof BootSettings, Capability]>>;
const verbosities = {
  quiet: "VerbosityQuiet",
  verbose: "VerbosityVerbose",
  screenBlank: "VerbosityScreenBlank",
} as const satisfies Readonly<Record<string, Capability>>;

/** Every option that changes the next boot, off. */
const noOptions = {
  BIOSPause: false,
  BIOSSetup: false,
  BootMediaIndex: 0,
  ConfigurationDataReset: false,
  EnforceSecureBoot: false,
  FirmwareVerbosity: "default",
  ForcedProgressEvents: false,
  IDERBootDevice: "floppy",
  LockKeyboard: false,
  LockPowerButton: false,
  LockResetButton: false,
  LockSleepButton: false,
  PlatformErase: false,
  ReflashBIOS: false,
  SecureErase: false,
  UefiBootNumberOfParams: 0,
  UseIDER: false,
  UseSOL: false,
  UseSafeMode: false,
  UserPasswordBypass: false,
} as const satisfies BootSettings;

/** All options off that a release has. @param release e.g. "16.1.25" */
export function noOptionsOf(release: string): BootSettings {
  const all = Object.entries(noOptions);
  return Object.fromEntries(
    all.filter(([name]) => exists(AMT_BootSettingData.properties[name as keyof typeof noOptions].traits, release)),
  );
}

/** Whether any option is chosen: firmware that does not say so by itself shows them until they are used up. */
export function isAnyChosen(settings: Instance<typeof AMT_BootSettingData>): boolean {
  return Object.entries(noOptions).some(([name, off]) => {
    const value = settings[name as keyof typeof noOptions];
    return value !== undefined && value !== off;
  });
}

/** The settings of one boot, over those of none. */
export function settingsOf(target: BootTarget, options: BootOptions): BootSettings {
  const { mediaIndex, showsOnSerial, skipsPasswords, verbosity, reportsProgress, resetsConfiguration } = options;
  const locked = (options.locks ?? []).map((one) => [locks[one][0], true] as const);
  return {
    ...bootTargets[target].settings,
    ...(mediaIndex === undefined ? {} : { BootMediaIndex: mediaIndex }),
    ...(showsOnSerial === undefined ? {} : { UseSOL: showsOnSerial }),
    ...Object.fromEntries(locked),
    ...(skipsPasswords === undefined ? {} : { UserPasswordBypass: skipsPasswords }),
    ...(verbosity === undefined ? {} : { FirmwareVerbosity: verbosity }),
    ...(reportsProgress === undefined ? {} : { ForcedProgressEvents: reportsProgress }),
    ...(resetsConfiguration === undefined ? {} : { ConfigurationDataReset: resetsConfiguration }),
    ...(options.enforcesSecureBoot === undefined ? {} : { EnforceSecureBoot: options.enforcesSecureBoot }),
  };
}

/** What a platform lacks of a target with its options, in the firmware's words. */
export function lackingOf(target: BootTarget, options: BootOptions, can: BootCapabilities): readonly Capability[] {
  const { needs } = bootTargets[target];
  const wanted: readonly (Capability | false | undefined)[] = [
    needs,
    options.showsOnSerial === true && "SOL",
    ...(options.locks ?? []).map((one) => locks[one][1]),
    options.skipsPasswords === true && "UserPasswordBypass",
    options.verbosity !== undefined && verbosities[options.verbosity],
    options.reportsProgress === true && "ForcedProgressEvents",
    options.resetsConfiguration === true && "ConfigurationDataReset",
    options.enforcesSecureBoot === true && "BIOSSecureBoot",
  ];
  return wanted.filter((one) => one !== undefined && one !== false).filter((one) => can[one] !== true);
}

/** What a platform can start from. */
export function targetsOf(can: BootCapabilities): BootTarget[] {
  // The table's own keys.
  return (Object.keys(bootTargets) as BootTarget[]).filter((one) => lackingOf(one, {}, can).length === 0);
}
