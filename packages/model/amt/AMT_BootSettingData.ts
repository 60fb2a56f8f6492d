import { base64, boolean, defineClass, enumOf, string, uint16, uint32 } from "../define.ts";
import { CIM_BootSettingData } from "../cim/CIM_BootSettingData.ts";

/** @source protocols B.4 */
export const firmwareVerbosities = { default: 0, quiet: 1, verbose: 2, screenBlank: 3 } as const;

/** @source protocols B.4 */
export const iderBootDevices = { floppy: 0, cd: 1 } as const;

/** Boot options for the next boot only; firmware clears them afterwards.  @source class catalogue */
export const AMT_BootSettingData = defineClass("AMT_BootSettingData", {
  extends: CIM_BootSettingData,
  properties: {
    BIOSLastStatus: uint16({ readonly: true, list: true, since: "11.0" }),
    BIOSPause: boolean(),
    BIOSSetup: boolean(),
    BootMediaIndex: uint16(),
    BootguardStatus: uint32({ readonly: true, since: "11.0" }),
    ConfigurationDataReset: boolean(),
    EnforceSecureBoot: boolean({ since: "7.0" }),
    FirmwareVerbosity: enumOf(firmwareVerbosities),
    ForcedProgressEvents: boolean(),
    IDERBootDevice: enumOf(iderBootDevices),
    LockKeyboard: boolean(),
    LockPowerButton: boolean(),
    LockResetButton: boolean(),
    LockSleepButton: boolean(),
    OptionsCleared: boolean({ readonly: true, since: "11.0" }),
    PlatformErase: boolean({ since: "15.0" }),
    RPEEnabled: boolean({ readonly: true, since: "15.0" }),
    RSEPassword: string({ secret: true, since: "11.0" }),
    ReflashBIOS: boolean(),
    SecureBootControlEnabled: boolean({ readonly: true, since: "15.0" }),
    SecureErase: boolean({ since: "11.0" }),
    UEFIHTTPSBootEnabled: boolean({ readonly: true, since: "15.0" }),
    UEFILocalPBABootEnabled: boolean({ readonly: true, since: "15.0" }),
    UefiBootNumberOfParams: uint32({ since: "15.0" }),
    /** Secret, for it may hold the password of an HTTPS boot server. */
    UefiBootParametersArray: base64({ secret: true, since: "15.0" }),
    UseIDER: boolean(),
    UseSOL: boolean(),
    UseSafeMode: boolean(),
    UserPasswordBypass: boolean(),
    WinREBootEnabled: boolean({ readonly: true, since: "15.0" }),
  },
});
