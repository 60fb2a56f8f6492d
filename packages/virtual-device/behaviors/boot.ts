import { AMT_BootCapabilities } from "@vigil/model/amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import { CIM_BootConfigSetting } from "@vigil/model/cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "@vigil/model/cim/CIM_BootService.ts";
import { CIM_BootSourceSetting } from "@vigil/model/cim/CIM_BootSourceSetting.ts";
import type { Instance } from "@vigil/model/define.ts";
import { compareReleases } from "@vigil/model/firmware.ts";
import { IPS_HostBootReason } from "@vigil/model/ips/IPS_HostBootReason.ts";
import { decodeBootParameters, eraseParameters, type BootParameter } from "@vigil/wire/boot-parameters.ts";
import { implement, realms, returns, type Behavior, type Call } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { amtKeys } from "../names.ts";
import { refuseUnknownWords } from "../stored.ts";

/** CIM's codes of boot methods. @source protocols A.13 */
const notSupported = 1;
const invalidReference = 4;
const invalidParameter = 5;

const sources = [
  ["Intel(r) AMT: Force Hard-drive Boot", "CIM:Hard-Disk:1"],
  ["Intel(r) AMT: Force PXE Boot", "CIM:Network:1"],
  ["Intel(r) AMT: Force CD/DVD Boot", "CIM:CD/DVD:1"],
] as const;
/** Recovery boots of firmware that has them; what the BIOS calls the second is the machine's. @source protocols B.4 */
const recoverySources = [
  ["Intel(r) AMT: Force OCR UEFI HTTPS Boot", "CIM:Network:2", undefined],
  ["Intel(r) AMT: Force OCR UEFI Boot Option 1", "CIM:Hard-Disk:2", "\\OemPba.efi"],
  ["Intel(r) AMT: Force OCR UEFI Boot Option 2", "CIM:Hard-Disk:3", "WinRe"],
] as const;
const recoveryRelease = "16.0";
/** What a platform erase can be told to erase: all drives, the TPM, BIOS variables, BIOS settings. @source protocols B.4 */
const erasable = 2 ** 2 + 2 ** 6 + 2 ** 25 + 2 ** 26;

/** Options of the next boot, as an idle device shows them. @source recorded answers */
const idle = {
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

const capabilities = {
  BIOSPause: false,
  BIOSReflash: true,
  BIOSSecureBoot: true,
  BIOSSetup: true,
  ConfigurationDataReset: false,
  ElementName: "Intel(r) AMT: Boot Capabilities",
  ForceCDorDVDBoot: true,
  ForceDiagnosticBoot: false,
  ForceHardDriveBoot: true,
  ForceHardDriveSafeModeBoot: false,
  ForcePXEBoot: true,
  ForcedProgressEvents: true,
  IDER: true,
  InstanceID: "Intel(r) AMT:BootCapabilities 0",
  KeyboardLock: true,
  PowerButtonLock: false,
  ResetButtonLock: false,
  SOL: true,
  SecureErase: false,
  SleepButtonLock: false,
  UserPasswordBypass: true,
  VerbosityQuiet: false,
  VerbosityScreenBlank: false,
  VerbosityVerbose: false,
} as const;

/** What the host boots from next; used up by that boot. @source protocols B.4 */
export const boot: readonly Behavior[] = [
  implement(AMT_BootCapabilities)({
    realm: realms.remoteControl,
    list: (firmware) => [{ ...capabilities, ...recoveryCapabilities(firmware) }],
  }),
  implement(AMT_BootSettingData)({
    realm: realms.remoteControl,
    list: (firmware) => {
      const { boot: pending, bootService } = firmware.state;
      const isRecovering =
        hasRecovery(firmware) && (bootService === "recoveryOn" || bootService === "recoveryAndEraseOn");
      return [
        {
          ...idle,
          ...pending.settings,
          BIOSLastStatus: [2, 0],
          BootguardStatus: 127,
          ElementName: "Intel(r) AMT Boot Configuration Settings",
          InstanceID: "Intel(r) AMT:BootSettingData 0",
          OptionsCleared: Object.keys(pending.settings).length === 0,
          OwningEntity: "Intel(r) AMT",
          RPEEnabled: hasRecovery(firmware) && (bootService === "eraseOn" || bootService === "recoveryAndEraseOn"),
          RSEPassword: "",
          SecureBootControlEnabled: isRecovering,
          UEFIHTTPSBootEnabled: isRecovering,
          UEFILocalPBABootEnabled: isRecovering,
          UefiBootNumberOfParams: pending.parameters.length,
          WinREBootEnabled: isRecovering,
        },
      ];
    },
    put(call, value) {
      const { firmware } = call;
      const hasSource = firmware.state.boot.source !== null;
      if (hasSource && (value.BIOSSetup === true || value.BIOSPause === true || value.ReflashBIOS === true)) {
        return unsupported;
      }
      const unknown = refuseUnknownWords(AMT_BootSettingData, value, {});
      if (unknown !== undefined) return unknown;
      const count = value.UefiBootNumberOfParams ?? 0;
      const parameters = parametersOf(value.UefiBootParametersArray);
      const types = parameters?.map(({ type }) => type);
      // The array is not shown, so who writes back what was read sends the count alone.
      const { parameters: kept } = firmware.state.boot;
      const isSent = value.UefiBootParametersArray !== undefined;
      const next = isSent ? types : count === kept.length ? kept : [];
      if (next?.length !== count) return { fault: "InternalError", status: 36 };
      if (value.PlatformErase === true && !mayErase(call, parameters ?? [])) return unsupported;
      const settings: Record<string, boolean | number | string> = {};
      for (const [name, unset] of Object.entries(idle)) {
        const wanted: unknown = Reflect.get(value, name);
        const isPlain = typeof wanted === "boolean" || typeof wanted === "number" || typeof wanted === "string";
        if (isPlain && wanted !== unset) settings[name] = wanted;
      }
      firmware.change((state) => {
        state.boot.settings = settings;
        state.boot.parameters = [...next];
      });
      firmware.audit("power.bootOptions");
      return undefined;
    },
  }),
  implement(CIM_BootService)({
    realm: realms.remoteControl,
    list: ({ state }) => [
      {
        CreationClassName: "CIM_BootService",
        ElementName: "Intel(r) AMT Boot Service",
        EnabledState: state.bootService,
        Name: "Intel(r) AMT Boot Service",
        OperationalStatus: ["unknown"],
        RequestedState: "notApplicable",
        ...amtKeys,
      },
    ],
    methods: {
      SetBootConfigRole({ firmware }, { BootConfigSetting, Role }) {
        if (BootConfigSetting.selectors["InstanceID"] !== configuration.InstanceID) return returns(invalidReference);
        if (Role !== "isNextSingleUse" && Role !== "clear") return returns(invalidParameter);
        firmware.change((state) => {
          state.boot.isNext = Role === "isNextSingleUse";
        });
        return returns(0);
      },
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState === undefined || typeof RequestedState === "number") return returns(invalidParameter);
        if (RequestedState !== "enabled" && !hasRecovery(firmware)) return returns(notSupported);
        firmware.change((state) => {
          state.bootService = RequestedState;
        });
        return returns(0);
      },
    },
  }),
  implement(CIM_BootConfigSetting)({
    realm: realms.remoteControl,
    list: () => [configuration],
    methods: {
      ChangeBootOrder({ firmware }, { Source = [] }) {
        const [only, another] = Source;
        const id = only?.selectors["InstanceID"];
        if (another !== undefined) return returns(invalidParameter);
        if (only !== undefined && !sourcesOf(firmware).some((one) => one.InstanceID === id))
          return returns(invalidReference);
        firmware.change((state) => {
          state.boot.source = typeof id === "string" ? id : null;
        });
        return returns(0);
      },
    },
  }),
  implement(CIM_BootSourceSetting)({ realm: realms.remoteControl, list: sourcesOf }),
  implement(IPS_HostBootReason)({
    realm: realms.remoteControl,
    list: ({ state }) => [
      {
        ElementName: "Intel(r) AMT:Host Boot Reason",
        InstanceID: "Intel(r) AMT:Host Boot Reason",
        PreviousSxState: state.lastBoot.from,
        Reason: state.lastBoot.isRemote ? 1 : 0,
        ReasonDetails: "",
      },
    ],
  }),
];

const unsupported = { fault: "InternalError", status: 2050 } as const;

function hasRecovery({ release }: Firmware): boolean {
  return compareReleases(release, recoveryRelease) >= 0;
}

function recoveryCapabilities(firmware: Firmware) {
  const isThere = hasRecovery(firmware);
  return {
    AMTSecureBootControl: isThere,
    ForceUEFIHTTPSBoot: isThere,
    ForceUEFIPBABoot: isThere,
    ForceWinREBoot: isThere,
    PlatformErase: isThere ? 1 + erasable : 0,
    UEFIWiFiCoExistenceAndProfileShare: false,
  };
}

function sourcesOf(firmware: Firmware): readonly Partial<Instance<typeof CIM_BootSourceSetting>>[] {
  const always = sources.map(([InstanceID, StructuredBootString]) => sourceOf(InstanceID, StructuredBootString));
  const { bootService } = firmware.state;
  const isRecovering = hasRecovery(firmware) && (bootService === "recoveryOn" || bootService === "recoveryAndEraseOn");
  if (!isRecovering) return always;
  const recovery = recoverySources.map(([id, structured, bios]) => ({
    ...sourceOf(id, structured),
    ...(bios === undefined ? {} : { BIOSBootString: bios, BootString: bios }),
  }));
  return [...always, ...recovery];
}

function sourceOf(InstanceID: string, StructuredBootString: string) {
  return { ElementName: "Intel(r) AMT: Boot Source", FailThroughSupported: 2, InstanceID, StructuredBootString };
}

function parametersOf(bytes: Uint8Array | undefined): readonly BootParameter[] | undefined {
  if (bytes === undefined) return undefined;
  try {
    return decodeBootParameters(bytes);
  } catch {
    return undefined;
  }
}

/** Only over TLS, only while it is switched on, and only what the platform can erase. @source protocols B.4 "RPE" */
function mayErase({ firmware, caller }: Call, parameters: readonly BootParameter[]): boolean {
  const { bootService } = firmware.state;
  const isOn = bootService === "eraseOn" || bootService === "recoveryAndEraseOn";
  const mask = parameters.find(({ type }) => type === eraseParameters.what)?.value;
  if (!isOn || caller.channel !== "tls" || mask?.length !== 4) return false;
  const what = new DataView(mask.buffer, mask.byteOffset, 4).getUint32(0, true);
  return what !== 0 && (what & ~erasable) === 0;
}

const configuration = {
  ElementName: "Intel(r) AMT: Boot Configuration",
  InstanceID: "Intel(r) AMT: Boot Configuration 0",
} as const;
