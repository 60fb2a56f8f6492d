import { boolean, defineClass, method, string, uint16, uint8 } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** Consent, time limits and the plain port of keyboard, video and mouse redirection.  @source class catalogue */
export const IPS_KVMRedirectionSettingData = defineClass("IPS_KVMRedirectionSettingData", {
  extends: CIM_SettingData,
  properties: {
    BackToBackFbMode: boolean(),
    DefaultScreen: uint8({ since: "7.0" }),
    DoubleBufferActive: boolean({ readonly: true, since: "15.0" }),
    DoubleBufferEnabled: boolean({ since: "15.0" }),
    EnabledByMEBx: boolean({ readonly: true }),
    GrayscalePixelFormatSupported: boolean({ readonly: true, since: "15.0" }),
    InitialDecimationModeForLowRes: uint8({ since: "15.0" }),
    Is5900PortEnabled: boolean(),
    OptInPolicy: boolean(),
    OptInPolicyTimeout: uint16(),
    RFBPassword: string({ secret: true }),
    SessionTimeout: uint16(),
    ZlibControlSupported: boolean({ readonly: true, since: "15.0" }),
  },
  methods: {
    TerminateSession: method(),
  },
});
