import * as fc from "fast-check";
import type { AnyProperty, ClassDefinition } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { anyValues } from "@vigil/model/testing/any-instance.ts";

const shortText = fc.constantFrom("a", `<&>"'é日`, "x".repeat(16));
const ipv4 = fc.constantFrom("192.0.2.1", "0.0.0.0", "255.255.255.255");
const ipv6 = fc.constantFrom("::", "2001:db8::1", "fe80:0:0:0:0:0:0:1");
/** It goes with other properties; a test of its own changes it. */
const leftOut = undefined;

type Limits = Readonly<Record<string, fc.Arbitrary<unknown> | undefined>>;

/** What firmware takes where it does not take every value of the type. By class, and property. */
const legal: Readonly<Record<string, Limits>> = {
  AMT_8021XProfile: { Username: fc.constantFrom("", "a&b", "x".repeat(128)) },
  AMT_AgentPresenceWatchdog: {
    MonitoredEntityDescription: shortText,
    StartupInterval: fc.constantFrom(1, 60, 65_535),
    TimeoutInterval: fc.constantFrom(10, 600, 4_294_967_295),
  },
  AMT_AlarmClockService: {
    AMTAlarmClockInterval: fc.constantFrom({ interval: "P1DT2H3M" }, { interval: "P0DT1H" }),
    NextAMTAlarmTime: fc.constantFrom({ datetime: "2040-01-01T06:00:00Z" }, { datetime: "2041-01-01T06:00:00Z" }),
  },
  AMT_BootSettingData: {
    // What the platform lacks.
    BIOSPause: fc.constant(false),
    ConfigurationDataReset: fc.constant(false),
    FirmwareVerbosity: fc.constant("default"),
    LockPowerButton: fc.constant(false),
    LockResetButton: fc.constant(false),
    LockSleepButton: fc.constant(false),
    RSEPassword: fc.constantFrom("", "x".repeat(32)),
    SecureErase: fc.constant(false),
    UseSafeMode: fc.constant(false),
    PlatformErase: fc.constant(false),
    UefiBootNumberOfParams: fc.constant(0),
    UefiBootParametersArray: leftOut,
  },
  AMT_EnvironmentDetectionSettingData: {
    DetectionStrings: fc.array(fc.constantFrom("example.test", "bücher.example", "x".repeat(192)), {
      minLength: 1,
      maxLength: 5,
    }),
  },
  AMT_EthernetPortSettings: {
    DHCPEnabled: fc.constant(true),
    DefaultGateway: ipv4,
    IPAddress: leftOut,
    PrimaryDNS: ipv4,
    SecondaryDNS: ipv4,
    VLANTag: fc.constantFrom(0, 1, 4_094),
  },
  AMT_GeneralSettings: {
    DomainName: fc.constantFrom("", "example.test", "x".repeat(191)),
    HostName: fc.constantFrom("", "a", "A-1", "x".repeat(63)),
    IdleWakeTimeout: fc.constantFrom(1, 5, 65_535),
    PresenceNotificationInterval: fc.constantFrom(0, 5, 4_294_967_295),
  },
  AMT_KerberosSettingData: { KrbEnabled: fc.constant(false) },
  AMT_MPSUsernamePassword: { RemoteID: shortText, Secret: shortText },
  // Read back only: it takes no other certificate.
  AMT_PublicKeyCertificate: { Expires: leftOut, Issued: leftOut, X509Certificate: leftOut },
  AMT_RemoteAccessPolicyAppliesToMPS: { OrderOfAccess: fc.constantFrom(0, 1) },
  AMT_RemoteAccessPolicyRule: {
    ExtendedData: fc.constantFrom(periodic(0, 60), periodic(1, 23, 59)),
    Trigger: fc.constant("periodic"),
  },
  AMT_TLSCredentialContext: { Usage: leftOut },
  AMT_TLSSettingData: {
    AcceptNonSecureConnections: fc.constant(false),
    // A device that speaks TLS alone does not switch it off again.
    Enabled: fc.constant(true),
    TrustedCN: fc.array(shortText, { minLength: 1, maxLength: 4 }),
  },
  CIM_WiFiEndpointSettings: {
    AuthenticationMethod: fc.constantFrom("wpaPsk", "wpa8021x", "wpa2Psk", "wpa28021x"),
    PSKPassPhrase: fc.constantFrom("12345678", `<&>"' 12345`, "x".repeat(63)),
    Priority: fc.constantFrom(1, 2, 255),
    SSID: fc.constantFrom("a", `<&>"'é日`, "x".repeat(32)),
  },
  IPS_IPv6PortSettings: {
    DefaultRouter: ipv6,
    IPv6Address: ipv6,
    InterfaceIDType: fc.constantFrom(0, 1, 2),
    PrimaryDNS: ipv6,
    SecondaryDNS: ipv6,
  },
  IPS_KVMRedirectionSettingData: {
    DefaultScreen: fc.constantFrom(0, 3),
    OptInPolicyTimeout: fc.constantFrom(0, 4_095),
    RFBPassword: fc.constantFrom("", "P@ssw0rd", `Aa1&<>"'`),
    SessionTimeout: fc.constantFrom(0, 255),
  },
  IPS_OptInService: {
    OptInCodeTimeout: fc.constantFrom(60, 4_294_967_295),
    OptInDisplayTimeout: fc.constantFrom(10, 65_535),
  },
  IPS_SecIOService: { DefaultScreen: fc.constantFrom(0, 3) },
};

/** Changes to an instance that its firmware must take whole. */
export function legalChanges(definition: ClassDefinition, release: string): fc.Arbitrary<Record<string, unknown>> {
  const limits = legal[definition.name] ?? {};
  const isWritable = ({ traits }: AnyProperty): boolean =>
    traits.key !== true && traits.readonly !== true && exists(traits, release);
  const writable = Object.entries(definition.properties).filter(([, one]) => isWritable(one));
  const free = Object.fromEntries(writable.filter(([name]) => !Object.hasOwn(limits, name)));
  const limited = writable.flatMap(([name]) => (limits[name] === undefined ? [] : [[name, limits[name]] as const]));
  return fc
    .tuple(
      anyValues(free, true, { onlyWords: true }),
      fc.record(Object.fromEntries(limited), { requiredKeys: [], noNullPrototype: true }),
    )
    .map(([some, others]) => ({ ...some, ...others }));
}

/** @source protocols B.13 "ExtendedData" */
export function periodic(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) view.setUint32(4 * index, number);
  return bytes;
}
