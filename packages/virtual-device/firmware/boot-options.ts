import type { AMT_BootCapabilities } from "@vigil/model/amt/AMT_BootCapabilities.ts";
import type { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import type { Instance } from "@vigil/model/define.ts";
import {
  decodeBootParameters,
  eraseParameters,
  httpsBootParameters,
  type BootParameter,
} from "@vigil/wire/boot-parameters.ts";

type Capabilities = Partial<Instance<typeof AMT_BootCapabilities>>;
type Options = Partial<Instance<typeof AMT_BootSettingData>>;
type Capability = keyof Capabilities & string;

/** Options of the next boot, as an idle device shows them. @source recorded answers */
export const idleOptions = {
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
  UseIDER: false,
  UseSOL: false,
  UseSafeMode: false,
  UserPasswordBypass: false,
} as const;

/** What each option needs of the platform; those that are not here need nothing. */
const needs: readonly (readonly [option: keyof typeof idleOptions, capability: Capability])[] = [
  ["BIOSPause", "BIOSPause"],
  ["BIOSSetup", "BIOSSetup"],
  ["ConfigurationDataReset", "ConfigurationDataReset"],
  ["ForcedProgressEvents", "ForcedProgressEvents"],
  ["LockKeyboard", "KeyboardLock"],
  ["LockPowerButton", "PowerButtonLock"],
  ["LockResetButton", "ResetButtonLock"],
  ["LockSleepButton", "SleepButtonLock"],
  ["ReflashBIOS", "BIOSReflash"],
  ["SecureErase", "SecureErase"],
  ["UseIDER", "IDER"],
  ["UseSOL", "SOL"],
  ["UseSafeMode", "ForceHardDriveSafeModeBoot"],
  ["UserPasswordBypass", "UserPasswordBypass"],
];
const verbosities: Readonly<Record<string, Capability>> = {
  quiet: "VerbosityQuiet",
  verbose: "VerbosityVerbose",
  screenBlank: "VerbosityScreenBlank",
};
const longestDrivePassword = 32;

/** Whether the platform has every option that is asked for. @source protocols B.4 "AMT_BootCapabilities: bool per feature" */
export function areSupported(options: Options, capabilities: Capabilities): boolean {
  const verbosity = verbosities[String(options.FirmwareVerbosity)];
  const hasVerbosity = verbosity === undefined || capabilities[verbosity] === true;
  return hasVerbosity && needs.every(([option, one]) => options[option] !== true || capabilities[one] === true);
}

/** Those that differ from an idle device's. */
export function chosenOptions(options: Options): Record<string, boolean | number | string> {
  const chosen: Record<string, boolean | number | string> = {};
  for (const [name, unset] of Object.entries(idleOptions)) {
    const wanted: unknown = Reflect.get(options, name);
    const isPlain = typeof wanted === "boolean" || typeof wanted === "number" || typeof wanted === "string";
    if (isPlain && wanted !== unset) chosen[name] = wanted;
  }
  return chosen;
}

/**
 * The parameters that came with the options; undefined when they are malformed, or are not as many as is said. They are not
 * shown, so who writes back what was read sends their count alone: then the pending ones stay.
 */
export function parametersOf(
  options: Options,
  pending: readonly BootParameter[],
): readonly BootParameter[] | undefined {
  const { UefiBootParametersArray: bytes, UefiBootNumberOfParams: count = 0, RSEPassword = "" } = options;
  if (RSEPassword.length > longestDrivePassword) return undefined;
  if (bytes === undefined) return count === pending.length ? pending : count === 0 ? [] : undefined;
  try {
    const parameters = decodeBootParameters(bytes);
    return parameters.length === count ? parameters : undefined;
  } catch {
    return undefined;
  }
}

/** What a platform erase is to erase; 0 when nothing sound is said. */
export function eraseMaskOf(parameters: readonly BootParameter[]): number {
  const mask = parameters.find(({ type }) => type === eraseParameters.what)?.value;
  if (mask?.length !== 4) return 0;
  const isSound = parameters.every(({ type, value }) => value.length <= (longestErase[type] ?? -1));
  return isSound ? new DataView(mask.buffer, mask.byteOffset, 4).getUint32(0, true) : 0;
}

/** Bytes of each parameter of an erase. @source protocols B.4 */
const longestErase: Readonly<Record<number, number>> = {
  [eraseParameters.what]: 4,
  [eraseParameters.psid]: 64,
  [eraseParameters.drivePassword]: 64,
  [eraseParameters.oem]: 500,
};

/** Bytes of each parameter of a boot over HTTPS, least and most. @source protocols B.4; those of names UNVERIFIED */
const httpsLengths: Readonly<Record<number, readonly [least: number, most: number]>> = {
  [httpsBootParameters.uri]: [9, 300],
  [httpsBootParameters.filePath]: [1, 300],
  [httpsBootParameters.devicePathLength]: [2, 2],
  [httpsBootParameters.imageSha256]: [32, 32],
  [httpsBootParameters.imageSha384]: [48, 48],
  [httpsBootParameters.imageSha512]: [64, 64],
  [httpsBootParameters.optionalData]: [1, 50],
  [httpsBootParameters.syncRootCa]: [1, 1],
  [httpsBootParameters.serverName]: [1, 256],
  [httpsBootParameters.serverNameVerifyMethod]: [2, 2],
  [httpsBootParameters.certificateSha256]: [32, 32],
  [httpsBootParameters.certificateSha384]: [48, 48],
  [httpsBootParameters.certificateSha512]: [64, 64],
  [httpsBootParameters.timeout]: [2, 2],
  [httpsBootParameters.username]: [1, 16],
  [httpsBootParameters.password]: [1, 16],
};

/** Whether parameters are those of a recovery boot: each known, once, of its length, and a URI only with https. */
export function areBootParameters(parameters: readonly BootParameter[]): boolean {
  const types = new Set(parameters.map(({ type }) => type));
  return (
    types.size === parameters.length &&
    parameters.every(({ type, value }) => {
      const [least, most] = httpsLengths[type] ?? [1, 0];
      const hasLength = value.length >= least && value.length <= most;
      return (
        hasLength && (type !== httpsBootParameters.uri || /^https:\/\/./.test(Buffer.from(value).toString("latin1")))
      );
    })
  );
}
