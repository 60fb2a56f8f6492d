import { AMT_BootCapabilities } from "@vigil/model/amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import { CIM_BootConfigSetting } from "@vigil/model/cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "@vigil/model/cim/CIM_BootService.ts";
import { CIM_BootSourceSetting } from "@vigil/model/cim/CIM_BootSourceSetting.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";

/** CIM's codes of boot methods. @source protocols A.13 */
const invalidReference = 4;
const invalidParameter = 5;

const sources = [
  ["Intel(r) AMT: Force Hard-drive Boot", "CIM:Hard-Disk:1"],
  ["Intel(r) AMT: Force PXE Boot", "CIM:Network:1"],
  ["Intel(r) AMT: Force CD/DVD Boot", "CIM:CD/DVD:1"],
] as const;

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
  implement(AMT_BootCapabilities, { realm: realms.remoteControl, list: () => [capabilities] }),
  implement(AMT_BootSettingData, {
    realm: realms.remoteControl,
    list: ({ state }) => [
      {
        ...idle,
        ...state.boot.settings,
        BIOSLastStatus: [2, 0],
        BootguardStatus: 127,
        ElementName: "Intel(r) AMT Boot Configuration Settings",
        InstanceID: "Intel(r) AMT:BootSettingData 0",
        OptionsCleared: Object.keys(state.boot.settings).length === 0,
        OwningEntity: "Intel(r) AMT",
        RPEEnabled: false,
        RSEPassword: "",
        SecureBootControlEnabled: false,
        UEFIHTTPSBootEnabled: false,
        UEFILocalPBABootEnabled: false,
        UefiBootNumberOfParams: 0,
        WinREBootEnabled: false,
      },
    ],
    put({ firmware }, value) {
      const hasSource = firmware.state.boot.source !== null;
      if (hasSource && (value.BIOSSetup === true || value.BIOSPause === true || value.ReflashBIOS === true)) {
        return { fault: "InternalError", status: 2050 };
      }
      const settings: Record<string, boolean | number | string> = {};
      for (const [name, unset] of Object.entries(idle)) {
        const wanted: unknown = Reflect.get(value, name);
        if (
          wanted !== unset &&
          (typeof wanted === "boolean" || typeof wanted === "number" || typeof wanted === "string")
        )
          settings[name] = wanted;
      }
      firmware.change((state) => {
        state.boot.settings = settings;
      });
      return undefined;
    },
  }),
  implement(CIM_BootService, {
    realm: realms.remoteControl,
    list: () => [
      {
        CreationClassName: "CIM_BootService",
        ElementName: "Intel(r) AMT Boot Service",
        EnabledState: 2,
        Name: "Intel(r) AMT Boot Service",
        OperationalStatus: [0],
        RequestedState: 12,
        SystemCreationClassName: "CIM_ComputerSystem",
        SystemName: "Intel(r) AMT",
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
      RequestStateChange: () => returns(0),
    },
  }),
  implement(CIM_BootConfigSetting, {
    realm: realms.remoteControl,
    list: () => [configuration],
    methods: {
      ChangeBootOrder({ firmware }, { Source = [] }) {
        const [only, another] = Source;
        const id = only?.selectors["InstanceID"];
        if (another !== undefined) return returns(invalidParameter);
        if (only !== undefined && !sources.some(([name]) => name === id)) return returns(invalidReference);
        firmware.change((state) => {
          state.boot.source = typeof id === "string" ? id : null;
        });
        return returns(0);
      },
    },
  }),
  implement(CIM_BootSourceSetting, {
    realm: realms.remoteControl,
    list: () =>
      sources.map(([InstanceID, StructuredBootString]) => ({
        ElementName: "Intel(r) AMT: Boot Source",
        FailThroughSupported: 2,
        InstanceID,
        StructuredBootString,
      })),
  }),
];

const configuration = {
  ElementName: "Intel(r) AMT: Boot Configuration",
  InstanceID: "Intel(r) AMT: Boot Configuration 0",
} as const;
