import { boolean, defineClass, uint32 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** Which boot options the platform's BIOS supports.  @source class catalogue */
export const AMT_BootCapabilities = defineClass("AMT_BootCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    AMTSecureBootControl: boolean({ since: "15.0" }),
    BIOSPause: boolean(),
    BIOSReflash: boolean(),
    BIOSSecureBoot: boolean({ since: "7.0" }),
    BIOSSetup: boolean(),
    ConfigurationDataReset: boolean(),
    ForceCDorDVDBoot: boolean(),
    ForceDiagnosticBoot: boolean(),
    ForceHardDriveBoot: boolean(),
    ForceHardDriveSafeModeBoot: boolean(),
    ForcePXEBoot: boolean(),
    ForceUEFIHTTPSBoot: boolean({ since: "15.0" }),
    ForceUEFIPBABoot: boolean({ since: "15.0" }),
    ForceWinREBoot: boolean({ since: "15.0" }),
    ForcedProgressEvents: boolean(),
    IDER: boolean(),
    KeyboardLock: boolean(),
    PlatformErase: uint32({ since: "15.0" }),
    PowerButtonLock: boolean(),
    ResetButtonLock: boolean(),
    SOL: boolean(),
    SecureErase: boolean({ since: "11.0" }),
    SleepButtonLock: boolean(),
    UEFIWiFiCoExistenceAndProfileShare: boolean({ since: "16.0" }),
    UserPasswordBypass: boolean(),
    VerbosityQuiet: boolean(),
    VerbosityScreenBlank: boolean(),
    VerbosityVerbose: boolean(),
  },
});
