import { AMT_BootCapabilities } from "@vigil/model/amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import { CIM_BootConfigSetting } from "@vigil/model/cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "@vigil/model/cim/CIM_BootService.ts";
import { CIM_BootSourceSetting } from "@vigil/model/cim/CIM_BootSourceSetting.ts";
import type { Instance } from "@vigil/model/define.ts";
import { compareReleases } from "@vigil/model/firmware.ts";
import { IPS_HostBootReason } from "@vigil/model/ips/IPS_HostBootReason.ts";
import type { BootParameter } from "@vigil/wire/boot-parameters.ts";
import { implement, realms, returns, type Behavior, type Call } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import {
  areBootParameters,
  areSupported,
  chosenOptions,
  eraseMaskOf,
  idleOptions,
  parametersOf,
} from "../firmware/boot-options.ts";
import { amtKeys } from "../names.ts";
import { refuseUnknownWords } from "../stored.ts";

/** CIM's codes of boot methods. @source protocols A.13 */
const notSupported = 1;
const invalidReference = 4;
const invalidParameter = 5;
/** PT_STATUS, which a method that CIM defines gives with 0x8000 added. @source protocols A.12, A.13 */
const consentRequired = 2081;
const methodConsentRequired = 0x8000 + consentRequired;

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
    list: (firmware) => [capabilitiesOf(firmware)],
  }),
  implement(AMT_BootSettingData)({
    realm: realms.remoteControl,
    list: (firmware) => {
      const { boot: pending } = firmware.state;
      const isRecovering = mayRecover(firmware);
      return [
        {
          ...idleOptions,
          ...pending.settings,
          BIOSLastStatus: firmware.state.eraseStatus,
          BootguardStatus: 127,
          ElementName: "Intel(r) AMT Boot Configuration Settings",
          InstanceID: "Intel(r) AMT:BootSettingData 0",
          OptionsCleared: Object.keys(pending.settings).length === 0,
          OwningEntity: "Intel(r) AMT",
          RPEEnabled: mayErase(firmware),
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
      const settings = chosenOptions(value);
      if (!areSupported(value, capabilitiesOf(firmware))) return unsupported;
      const parameters = parametersOf(value, pendingParameters(firmware));
      if (parameters === undefined) return { fault: "InternalError", status: 36 };
      if (value.PlatformErase === true ? !isErasable(call, parameters) : !areRecovery(firmware, parameters)) {
        return unsupported;
      }
      const isPlain = Object.keys(settings).length === 0 && parameters.length === 0;
      if (!isPlain && firmware.lacksConsent) return { fault: "InternalError", status: consentRequired };
      firmware.change((state) => {
        state.boot.settings = settings;
        state.boot.parameters = parameters.map(({ type, value: bytes }) => ({
          type,
          value: Buffer.from(bytes).toString("base64"),
        }));
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
        if (only !== undefined && firmware.lacksConsent) return returns(methodConsentRequired);
        // The BIOS's own options and a source exclude each other. @source protocols B.4
        const { settings } = firmware.state.boot;
        if (only !== undefined && ["BIOSSetup", "BIOSPause", "ReflashBIOS"].some((one) => settings[one] === true)) {
          return returns(invalidParameter);
        }
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

function pendingParameters({ state }: Firmware): readonly BootParameter[] {
  return state.boot.parameters.map(({ type, value }) => ({
    type,
    value: new Uint8Array(Buffer.from(value, "base64")),
  }));
}

/** Recovery boots have been switched on. */
function mayRecover(firmware: Firmware): boolean {
  const { bootService } = firmware.state;
  return hasRecovery(firmware) && (bootService === "recoveryOn" || bootService === "recoveryAndEraseOn");
}

/** Erasing from afar has been switched on. */
function mayErase(firmware: Firmware): boolean {
  const { bootService } = firmware.state;
  return hasRecovery(firmware) && (bootService === "eraseOn" || bootService === "recoveryAndEraseOn");
}

function capabilitiesOf(firmware: Firmware) {
  const isThere = hasRecovery(firmware);
  return {
    ...capabilities,
    AMTSecureBootControl: isThere,
    ForceUEFIHTTPSBoot: isThere,
    ForceUEFIPBABoot: isThere,
    ForceWinREBoot: isThere,
    PlatformErase: isThere ? 1 + erasable : 0,
    // Some drives erase themselves on request. Chosen: those of 11, so that both kinds are met; recorded ones do not.
    SecureErase: firmware.release.startsWith("11."),
    UEFIWiFiCoExistenceAndProfileShare: false,
  };
}

function sourcesOf(firmware: Firmware): readonly Partial<Instance<typeof CIM_BootSourceSetting>>[] {
  const always = sources.map(([InstanceID, StructuredBootString]) => sourceOf(InstanceID, StructuredBootString));
  if (!mayRecover(firmware)) return always;
  const recovery = recoverySources.map(([id, structured, bios]) => ({
    ...sourceOf(id, structured),
    ...(bios === undefined ? {} : { BIOSBootString: bios, BootString: bios }),
  }));
  return [...always, ...recovery];
}

function sourceOf(InstanceID: string, StructuredBootString: string) {
  return { ElementName: "Intel(r) AMT: Boot Source", FailThroughSupported: 2, InstanceID, StructuredBootString };
}

/** Parameters of a recovery boot, which must have been switched on. */
function areRecovery(firmware: Firmware, parameters: readonly BootParameter[]): boolean {
  return parameters.length === 0 || (mayRecover(firmware) && areBootParameters(parameters));
}

/** Only over TLS, only while it is switched on, and only what the platform can erase. @source protocols B.4 "RPE" */
function isErasable({ firmware, caller }: Call, parameters: readonly BootParameter[]): boolean {
  const what = eraseMaskOf(parameters);
  return mayErase(firmware) && caller.channel === "tls" && what !== 0 && (what & ~erasable) === 0;
}

const configuration = {
  ElementName: "Intel(r) AMT: Boot Configuration",
  InstanceID: "Intel(r) AMT: Boot Configuration 0",
} as const;
