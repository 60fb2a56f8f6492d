import { AMT_RedirectionService, redirectionStates } from "@vigil/model/amt/AMT_RedirectionService.ts";
import { AMT_WebUIService } from "@vigil/model/amt/AMT_WebUIService.ts";
import { CIM_KVMRedirectionSAP } from "@vigil/model/cim/CIM_KVMRedirectionSAP.ts";
import { CIM_RedirectionService } from "@vigil/model/cim/CIM_RedirectionService.ts";
import { IPS_IderSessionUsingPort } from "@vigil/model/ips/IPS_IderSessionUsingPort.ts";
import { IPS_KVMRedirectionSettingData } from "@vigil/model/ips/IPS_KVMRedirectionSettingData.ts";
import { IPS_KvmSessionUsingPort } from "@vigil/model/ips/IPS_KvmSessionUsingPort.ts";
import { IPS_RasSessionUsingPort } from "@vigil/model/ips/IPS_RasSessionUsingPort.ts";
import { IPS_ScreenConfigurationService } from "@vigil/model/ips/IPS_ScreenConfigurationService.ts";
import { IPS_ScreenSettingData } from "@vigil/model/ips/IPS_ScreenSettingData.ts";
import { IPS_SecIOService } from "@vigil/model/ips/IPS_SecIOService.ts";
import { IPS_SolSessionUsingPort } from "@vigil/model/ips/IPS_SolSessionUsingPort.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { implement, realms, returns, type Behavior, type Refusal } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { screenSizeOf } from "../host/scene.ts";
import { amtKeys, hostKeys, wiredPort } from "../names.ts";
import { settings } from "../settings.ts";

/** CIM's codes of RequestStateChange, and PT_STATUS. @source protocols A.13 */
const notSupported = 1;
const invalidParameter = 5;
const badValue = { fault: "InternalError", status: 36 } as const;

/** A password of the plain screen port: exactly eight characters of four kinds. @source protocols B.7 */
const screenPassword = /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[^A-Za-z0-9])[\x21-\x7e]{8}$/;

/** Each lists the session that is open; one of a tunnel there is not yet. What they tie together is UNVERIFIED. */
const sessionClasses = [
  [IPS_SolSessionUsingPort, "sol"],
  [IPS_IderSessionUsingPort, "ider"],
  [IPS_KvmSessionUsingPort, "kvm"],
  [IPS_RasSessionUsingPort, undefined],
] as const;
const redirectionService = referenceTo(AMT_RedirectionService, {
  CreationClassName: "AMT_RedirectionService",
  Name: "Intel(r) AMT Redirection Service",
  ...amtKeys,
});
const screenService = referenceTo(CIM_KVMRedirectionSAP, {
  CreationClassName: "CIM_KVMRedirectionSAP",
  Name: "KVM Redirection Service Access Point",
  ...hostKeys,
});

/** Redirection of serial line, disk and screen; the web page; what the firmware shows on the screen. @source protocols B.7 */
export const features: readonly Behavior[] = [
  settings(AMT_RedirectionService)({
    realm: realms.redirection,
    list: ({ state: { redirection } }) => [
      {
        CreationClassName: "AMT_RedirectionService",
        ElementName: "Intel(r) AMT Redirection Service",
        EnabledState: redirectionStates.none + (redirection.ider ? 1 : 0) + (redirection.sol ? 2 : 0),
        ListenerEnabled: true,
        Name: "Intel(r) AMT Redirection Service",
        ...amtKeys,
      },
    ],
    // Which of them are on is changed by the method alone.
    check: ({ firmware }, { EnabledState }) => {
      const { sol, ider } = firmware.state.redirection;
      const now = (["none", "ider", "sol", "iderAndSol"] as const)[(ider ? 1 : 0) + (sol ? 2 : 0)];
      return EnabledState === undefined || EnabledState === now ? undefined : switched(firmware, EnabledState);
    },
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState === undefined) return returns(invalidParameter);
        return returns(switched(firmware, RequestedState) === undefined ? 0 : notSupported);
      },
      // What it says when there is no session to end is UNVERIFIED.
      TerminateSession({ firmware }, { SessionType }) {
        if (SessionType !== "ider" && SessionType !== "sol") return returns(36);
        firmware.sessions.end(SessionType);
        return returns(0);
      },
    },
  }),
  implement(CIM_KVMRedirectionSAP)({
    realm: realms.redirection,
    list: ({ state }) => [
      {
        CreationClassName: "CIM_KVMRedirectionSAP",
        ElementName: "KVM Redirection Service Access Point",
        EnabledState: state.redirection.kvm ? "enabledButOffline" : "disabled",
        KVMProtocol: 4,
        Name: "KVM Redirection Service Access Point",
        RequestedState: state.redirection.kvm ? "enabled" : "disabled",
        ...hostKeys,
      },
    ],
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState !== "enabled" && RequestedState !== "disabled") return returns(invalidParameter);
        firmware.change((state) => {
          state.redirection.kvm = RequestedState === "enabled";
        });
        if (RequestedState === "disabled") firmware.sessions.end("kvm");
        firmware.audit(RequestedState === "enabled" ? "kvm.enabled" : "kvm.disabled");
        firmware.alert("iAMT0059", RequestedState === "enabled" ? "1" : "0");
        return returns(0);
      },
    },
  }),
  implement(CIM_RedirectionService)({
    realm: realms.redirection,
    list: ({ state }) => [
      {
        CreationClassName: "CIM_RedirectionService",
        ElementName: "Intel(r) ME KVM Redirection Service",
        EnabledState: state.redirection.kvm ? "enabled" : "disabled",
        MaxCurrentEnabledSAPs: 1,
        Name: "Intel(r) AMT KVM Redirection Service",
        RedirectionServiceType: [3],
        RequestedState: "notApplicable",
        SharingMode: 3,
        ...amtKeys,
      },
    ],
  }),
  settings(IPS_KVMRedirectionSettingData)({
    realm: realms.redirection,
    list: () => [
      {
        BackToBackFbMode: false,
        DefaultScreen: 0,
        DoubleBufferActive: false,
        DoubleBufferEnabled: true,
        ElementName: "Intel(r) KVM Redirection Settings",
        EnabledByMEBx: true,
        GrayscalePixelFormatSupported: true,
        InitialDecimationModeForLowRes: 2,
        InstanceID: "Intel(r) KVM Redirection Settings",
        Is5900PortEnabled: false,
        OptInPolicy: true,
        OptInPolicyTimeout: 300,
        RFBPassword: "",
        SessionTimeout: 3,
        ZlibControlSupported: true,
      },
    ],
    check(_call, { RFBPassword = "", SessionTimeout = 0, OptInPolicyTimeout = 300, DefaultScreen = 0 }) {
      if (RFBPassword !== "" && !screenPassword.test(RFBPassword)) return badValue;
      return SessionTimeout > 255 || OptInPolicyTimeout > 4095 || DefaultScreen > 3 ? badValue : undefined;
    },
    changed({ firmware }, before, after) {
      if (before.OptInPolicy !== after.OptInPolicy) {
        firmware.audit(after.OptInPolicy === true ? "kvm.consentEnabled" : "kvm.consentDisabled");
      }
      if (after.RFBPassword !== undefined && after.RFBPassword !== "") firmware.audit("kvm.passwordChanged");
    },
    methods: {
      TerminateSession({ firmware }) {
        firmware.sessions.end("kvm");
        return returns(0);
      },
    },
  }),
  ...sessionClasses.map(([one, kind]) =>
    implement(one)({
      realm: realms.redirection,
      list: ({ sessions }) =>
        kind !== undefined && sessions.of(kind) !== undefined
          ? [{ Antecedent: wiredPort, Dependent: kind === "kvm" ? screenService : redirectionService }]
          : [],
    }),
  ),
  implement(AMT_WebUIService)({
    realm: realms.administration,
    list: ({ state }) => [
      {
        CreationClassName: "AMT_WebUIService",
        ElementName: "Intel(r) AMT Web UI Service",
        EnabledState: state.isWebPageOpen ? "enabled" : "disabled",
        Name: "Intel(r) AMT Web UI Service",
        RequestedState: state.isWebPageOpen ? "enabled" : "disabled",
        ...amtKeys,
      },
    ],
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState !== "enabled" && RequestedState !== "disabled") return returns(invalidParameter);
        firmware.change((state) => {
          state.isWebPageOpen = RequestedState === "enabled";
        });
        return returns(0);
      },
    },
  }),
  settings(IPS_ScreenSettingData)({
    realm: realms.redirection,
    list: (firmware) => [
      {
        ElementName: "Intel(r) Screen Settings",
        InstanceID: "Intel(r) Screen Settings",
        IsActive: [true, false, false, false],
        PrimaryIndex: 1,
        QuadraryIndex: 4,
        ResolutionX: [screenSizeOf(firmware).width, 0, 0, 0],
        ResolutionY: [screenSizeOf(firmware).height, 0, 0, 0],
        SecondaryIndex: 2,
        TertiaryIndex: 3,
        UpperLeftX: [0, -1, -1, -1],
        UpperLeftY: [0, -1, -1, -1],
      },
    ],
    methods: { ResetToDefault: () => returns(0) },
  }),
  settings(IPS_SecIOService)({
    realm: realms.redirection,
    list: () => [
      {
        CreationClassName: "IPS_SecIOService",
        DefaultScreen: 1,
        EnabledState: "enabled",
        Name: "SecIO",
        RequestedLanguage: 0,
        Started: true,
        Status: "OK",
        ...hostKeys,
        language: 0,
        zoom: 65_535,
      },
    ],
    check: (_call, { DefaultScreen = 0 }) => (DefaultScreen > 3 ? badValue : undefined),
  }),
  implement(IPS_ScreenConfigurationService)({
    realm: realms.redirection,
    list: ({ state }) => [
      {
        CreationClassName: "IPS_ScreenConfigurationService",
        CurrentState: state.screen.isBlank ? 1 : 0,
        ElementName: "Intel(r) Screen Configuration Service",
        EnabledState: state.screen.mayBlank ? "enabled" : "disabled",
        Name: "Intel(r) Screen Configuration Service",
        RemainingConsecutiveRebootsNum: state.screen.rebootsLeft,
        ...amtKeys,
      },
    ],
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState !== "enabled" && RequestedState !== "disabled") return returns(invalidParameter);
        firmware.change(({ screen }) => {
          screen.mayBlank = RequestedState === "enabled";
          if (!screen.mayBlank) screen.isBlank = false;
        });
        return returns(0);
      },
      SetSessionState({ firmware }, { SessionState, ConsecutiveRebootsNum = 0 }) {
        const reboots = typeof ConsecutiveRebootsNum === "number" ? ConsecutiveRebootsNum : 0;
        if (typeof SessionState === "number" || SessionState === undefined || reboots > 3) return returns(36);
        if (!firmware.state.screen.mayBlank) return returns(16);
        firmware.change(({ screen }) => {
          screen.isBlank = SessionState === "open";
          screen.rebootsLeft = screen.isBlank ? reboots : 0;
        });
        return returns(0);
      },
    },
  }),
];

/** @returns the refusal; undefined when it is done */
function switched(firmware: Firmware, wanted: string | number): Refusal | undefined {
  const states: readonly (string | number)[] = ["none", "ider", "sol", "iderAndSol"];
  const index = wanted === "enabled" ? 3 : wanted === "disabled" ? 0 : states.indexOf(wanted);
  if (index < 0) return badValue;
  const { sol, ider } = firmware.state.redirection;
  const next = { ider: (index & 1) === 1, sol: (index & 2) === 2 };
  firmware.change((state) => {
    Object.assign(state.redirection, next);
  });
  // A session that is switched off is ended. UNVERIFIED
  for (const kind of ["ider", "sol"] as const) if (!next[kind]) firmware.sessions.end(kind);
  if (next.ider !== ider) firmware.audit(next.ider ? "ider.enabled" : "ider.disabled");
  if (next.sol !== sol) firmware.audit(next.sol ? "sol.enabled" : "sol.disabled");
  return undefined;
}
