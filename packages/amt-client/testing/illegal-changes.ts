import { AMT_8021XProfile } from "@vigil/model/amt/AMT_8021XProfile.ts";
import { AMT_AgentPresenceWatchdog } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_BootSettingData } from "@vigil/model/amt/AMT_BootSettingData.ts";
import { AMT_EnvironmentDetectionSettingData } from "@vigil/model/amt/AMT_EnvironmentDetectionSettingData.ts";
import { AMT_EthernetPortSettings } from "@vigil/model/amt/AMT_EthernetPortSettings.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { AMT_MPSUsernamePassword } from "@vigil/model/amt/AMT_MPSUsernamePassword.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_RemoteAccessPolicyAppliesToMPS } from "@vigil/model/amt/AMT_RemoteAccessPolicyAppliesToMPS.ts";
import { AMT_RemoteAccessPolicyRule } from "@vigil/model/amt/AMT_RemoteAccessPolicyRule.ts";
import { AMT_TLSCredentialContext } from "@vigil/model/amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSSettingData } from "@vigil/model/amt/AMT_TLSSettingData.ts";
import { AMT_WiFiPortConfigurationService } from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_WiFiEndpointSettings } from "@vigil/model/cim/CIM_WiFiEndpointSettings.ts";
import type { Changes, ClassDefinition } from "@vigil/model/define.ts";
import { IPS_IEEE8021xSettings } from "@vigil/model/ips/IPS_IEEE8021xSettings.ts";
import { IPS_IPv6PortSettings } from "@vigil/model/ips/IPS_IPv6PortSettings.ts";
import { IPS_KVMRedirectionSettingData } from "@vigil/model/ips/IPS_KVMRedirectionSettingData.ts";
import { IPS_OptInService } from "@vigil/model/ips/IPS_OptInService.ts";
import { IPS_SecIOService } from "@vigil/model/ips/IPS_SecIOService.ts";
import { periodic } from "./legal-changes.ts";

/** A change that firmware refuses with InternalError and this PT_STATUS. */
export interface IllegalChange {
  readonly definition: ClassDefinition;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly status: number;
}

const notPermitted = 16;
const invalidAddress = 27;
const invalidParameter = 36;
const invalidNetmask = 37;
const unsupportedBootOption = 2050;
const invalidPassphrase = 2070;
/** A number that no value map has. */
const unknownWord = 60_000;

/** Just beyond what legal-changes.ts allows. */
export const illegalChanges: readonly IllegalChange[] = [
  refused(AMT_8021XProfile, { Username: "x".repeat(129) }, invalidParameter),
  refused(AMT_8021XProfile, { AuthenticationProtocol: unknownWord }, invalidParameter),
  refused(AMT_AgentPresenceWatchdog, { MonitoredEntityDescription: "x".repeat(17) }, invalidParameter),
  refused(AMT_AgentPresenceWatchdog, { StartupInterval: 0 }, invalidParameter),
  refused(AMT_AgentPresenceWatchdog, { TimeoutInterval: 9 }, invalidParameter),
  refused(AMT_AuditLog, { StoragePolicy: unknownWord }, invalidParameter),
  refused(AMT_BootSettingData, { PlatformErase: true }, unsupportedBootOption),
  refused(AMT_BootSettingData, { UseSafeMode: true }, unsupportedBootOption),
  refused(AMT_BootSettingData, { RSEPassword: "x".repeat(33) }, invalidParameter),
  refused(AMT_BootSettingData, { UefiBootNumberOfParams: 2 }, invalidParameter),
  refused(AMT_BootSettingData, { UefiBootParametersArray: Uint8Array.of(1, 2, 3) }, invalidParameter),
  refused(AMT_BootSettingData, { FirmwareVerbosity: unknownWord }, invalidParameter),
  refused(AMT_EnvironmentDetectionSettingData, { DetectionStrings: ["x".repeat(193)] }, invalidParameter),
  refused(AMT_EnvironmentDetectionSettingData, { DetectionStrings: ["a", "b", "c", "d", "e", "f"] }, invalidParameter),
  refused(AMT_EnvironmentDetectionSettingData, { DetectionAlgorithm: unknownWord }, invalidParameter),
  refused(AMT_EthernetPortSettings, { VLANTag: 4_095 }, invalidParameter),
  refused(AMT_EthernetPortSettings, { DefaultGateway: "192.0.2.256" }, invalidAddress),
  refused(AMT_EthernetPortSettings, { PrimaryDNS: "<none>" }, invalidAddress),
  refused(AMT_EthernetPortSettings, { DHCPEnabled: false, SharedStaticIp: false, IPAddress: "here" }, invalidAddress),
  refused(
    AMT_EthernetPortSettings,
    { DHCPEnabled: false, SharedStaticIp: false, IPAddress: "192.0.2.7", SubnetMask: "255.0.255.0" },
    invalidNetmask,
  ),
  refused(AMT_GeneralSettings, { HostName: "x".repeat(64) }, invalidParameter),
  refused(AMT_GeneralSettings, { HostName: "a & b" }, invalidParameter),
  refused(AMT_GeneralSettings, { HostName: "büro" }, invalidParameter),
  refused(AMT_GeneralSettings, { DomainName: "x".repeat(192) }, invalidParameter),
  refused(AMT_GeneralSettings, { IdleWakeTimeout: 0 }, invalidParameter),
  refused(AMT_GeneralSettings, { IdleWakeTimeout: 65_536 }, invalidParameter),
  refused(AMT_GeneralSettings, { PresenceNotificationInterval: 4 }, invalidParameter),
  refused(AMT_KerberosSettingData, { KrbEnabled: true }, invalidParameter),
  refused(AMT_KerberosSettingData, { EncryptionAlgorithm: unknownWord }, invalidParameter),
  refused(
    AMT_KerberosSettingData,
    { KrbEnabled: true, RealmName: "R", ServicePrincipalName: ["HTTP/a"], KeyVersion: 1, Passphrase: "p" },
    invalidPassphrase,
  ),
  refused(AMT_MPSUsernamePassword, { RemoteID: "x".repeat(17) }, invalidParameter),
  refused(AMT_MPSUsernamePassword, { Secret: "x".repeat(17) }, invalidParameter),
  refused(AMT_PublicKeyCertificate, { X509Certificate: new Uint8Array(8) }, notPermitted),
  refused(AMT_RemoteAccessPolicyAppliesToMPS, { OrderOfAccess: 2 }, invalidParameter),
  refused(AMT_RemoteAccessPolicyAppliesToMPS, { MpsType: unknownWord }, invalidParameter),
  refused(AMT_RemoteAccessPolicyRule, { Trigger: "alert" }, invalidParameter),
  refused(AMT_RemoteAccessPolicyRule, { ExtendedData: periodic(0, 0) }, invalidParameter),
  refused(AMT_RemoteAccessPolicyRule, { ExtendedData: periodic(1, 24, 0) }, invalidParameter),
  refused(AMT_TLSCredentialContext, { Usage: 1 }, invalidParameter),
  // Of a release that speaks TLS alone.
  refused(AMT_TLSSettingData, { AcceptNonSecureConnections: true }, notPermitted),
  refused(AMT_WiFiPortConfigurationService, { localProfileSynchronizationEnabled: unknownWord }, invalidParameter),
  refused(CIM_WiFiEndpointSettings, { SSID: "x".repeat(33) }, invalidParameter),
  refused(CIM_WiFiEndpointSettings, { SSID: "" }, invalidParameter),
  refused(CIM_WiFiEndpointSettings, { Priority: 0 }, invalidParameter),
  refused(CIM_WiFiEndpointSettings, { PSKPassPhrase: "1234567" }, invalidParameter),
  refused(CIM_WiFiEndpointSettings, { AuthenticationMethod: unknownWord }, invalidParameter),
  refused(IPS_IEEE8021xSettings, { Enabled: unknownWord }, invalidParameter),
  refused(IPS_IPv6PortSettings, { InterfaceIDType: 3 }, invalidParameter),
  refused(IPS_IPv6PortSettings, { PrimaryDNS: "192.0.2.1" }, invalidAddress),
  refused(IPS_KVMRedirectionSettingData, { RFBPassword: "password" }, invalidParameter),
  refused(IPS_KVMRedirectionSettingData, { SessionTimeout: 256 }, invalidParameter),
  refused(IPS_KVMRedirectionSettingData, { OptInPolicyTimeout: 4_096 }, invalidParameter),
  refused(IPS_KVMRedirectionSettingData, { DefaultScreen: 4 }, invalidParameter),
  refused(IPS_OptInService, { OptInRequired: unknownWord }, invalidParameter),
  refused(IPS_OptInService, { OptInCodeTimeout: 59 }, invalidParameter),
  refused(IPS_OptInService, { OptInDisplayTimeout: 9 }, invalidParameter),
  refused(IPS_SecIOService, { DefaultScreen: 4 }, invalidParameter),
];

function refused<C extends ClassDefinition>(definition: C, changes: Changes<C>, status: number): IllegalChange {
  return { definition, changes, status };
}
