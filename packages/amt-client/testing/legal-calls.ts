import { AMT_AgentPresenceWatchdog } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { AMT_AgentPresenceWatchdogAction } from "@vigil/model/amt/AMT_AgentPresenceWatchdogAction.ts";
import { AMT_AlarmClockService } from "@vigil/model/amt/AMT_AlarmClockService.ts";
import { IPS_AlarmClockOccurrence } from "@vigil/model/ips/IPS_AlarmClockOccurrence.ts";
import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { AMT_ManagementPresenceRemoteSAP } from "@vigil/model/amt/AMT_ManagementPresenceRemoteSAP.ts";
import { AMT_MessageLog } from "@vigil/model/amt/AMT_MessageLog.ts";
import { AMT_PublicKeyManagementService } from "@vigil/model/amt/AMT_PublicKeyManagementService.ts";
import { AMT_PublicPrivateKeyPair } from "@vigil/model/amt/AMT_PublicPrivateKeyPair.ts";
import { AMT_RemoteAccessService } from "@vigil/model/amt/AMT_RemoteAccessService.ts";
import { AMT_SetupAndConfigurationService } from "@vigil/model/amt/AMT_SetupAndConfigurationService.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { AMT_WiFiPortConfigurationService } from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_PowerManagementService } from "@vigil/model/cim/CIM_PowerManagementService.ts";
import { CIM_WiFiEndpoint } from "@vigil/model/cim/CIM_WiFiEndpoint.ts";
import { CIM_WiFiEndpointSettings } from "@vigil/model/cim/CIM_WiFiEndpointSettings.ts";
import type { ClassDefinition, Input, MethodName } from "@vigil/model/define.ts";
import type { Lifetime } from "@vigil/model/firmware.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { IPS_HTTPProxyService } from "@vigil/model/ips/IPS_HTTPProxyService.ts";
import { nullSignedRequest } from "../pkcs10.ts";
import { aCertificate, aStrangersKey, certificateAt, publicKey } from "./furnished-device.ts";
import type { Pair } from "./paired-device.ts";

/** A call that a furnished device of every generation answers with 0. */
export interface LegalCall {
  readonly definition: ClassDefinition;
  readonly method: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Releases that take these arguments; all that have the class unless said otherwise. */
  readonly lifetime?: Lifetime;
  readonly before?: (pair: Pair) => Promise<unknown>;
  /** Results of the class that firmware leaves out, and why. */
  readonly without?: Readonly<Record<string, string>>;
}

const text = `<&>"'é日`;
const keyPair = referenceTo(AMT_PublicPrivateKeyPair, { InstanceID: "Intel(r) AMT Key: Handle: 0" });
const server = referenceTo(AMT_ManagementPresenceRemoteSAP, {
  CreationClassName: "AMT_ManagementPresenceRemoteSAP",
  Name: "Intel(r) AMT:Management Presence Server 0",
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
});
const endpoint = referenceTo(CIM_WiFiEndpoint, {
  CreationClassName: "CIM_WiFiEndpoint",
  Name: "WiFi Endpoint 0",
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
});
const profile = {
  ElementName: text,
  InstanceID: `Intel(r) AMT:WiFi Endpoint Settings ${text}`,
  SSID: text,
  Priority: 255,
  AuthenticationMethod: "wpa8021x",
  EncryptionMethod: "tkip",
} as const;
const enterprise = {
  ElementName: text,
  InstanceID: text,
  AuthenticationProtocol: "peapMschapV2",
  Username: text,
} as const;
const noJob = { Job: "what is asked for is done at once" };

/** All methods with results, and some without. */
export async function legalCalls(): Promise<readonly LegalCall[]> {
  const [certificate, another] = [await aCertificate(0, 7), await aCertificate(2, 8)];
  const request = {
    KeyPair: keyPair,
    SigningAlgorithm: "sha256",
    NullSignedCertificateRequest: new Uint8Array(
      nullSignedRequest(publicKey(), { commonName: "pc", organization: text }),
    ),
  } as const;
  return [
    call(AMT_AgentPresenceWatchdog, "RegisterAgent", {}),
    call(AMT_AgentPresenceWatchdogAction, "GetActionEac", {}),
    {
      ...call(AMT_AlarmClockService, "AddAlarm", {
        AlarmTemplate: {
          InstanceID: text,
          ElementName: text,
          StartTime: { datetime: "2030-01-01T06:00:00Z" },
          Interval: { interval: "P1DT2H3M" },
          DeleteOnCompletion: true,
        },
      }),
      // Before there were several, the service itself had one.
      lifetime: IPS_AlarmClockOccurrence,
    },
    call(AMT_AuditLog, "ReadRecords", { StartIndex: 1 }),
    call(AMT_AuditLog, "SetAuditLock", { LockTimeoutInSeconds: 60, Flag: "lock" }),
    {
      ...call(AMT_AuditLog, "ExportAuditLogSignature", { SigningMechanism: "sha256" }),
      before: ({ device }) => device.wsman.invoke(AMT_AuditLog, "SetSigningKeyMaterial", signing(certificate)),
    },
    call(AMT_AuditLog, "SetSigningKeyMaterial", signing(certificate)),
    call(AMT_AuthorizationService, "GetAdminAclEntry", {}),
    call(AMT_AuthorizationService, "GetAdminAclEntryStatus", {}),
    call(AMT_AuthorizationService, "GetAdminNetAclEntryStatus", {}),
    call(AMT_AuthorizationService, "GetAclEnabledState", { Handle: 2 }),
    call(AMT_AuthorizationService, "EnumerateUserAclEntries", { StartIndex: 1 }),
    call(AMT_AuthorizationService, "AddUserAclEntryEx", {
      DigestUsername: "else'body",
      DigestPassword: new Uint8Array(16).fill(0xff),
      AccessPermission: "network",
      Realms: ["redirection", "localSystem"],
    }),
    {
      ...call(AMT_AuthorizationService, "GetUserAclEntryEx", { Handle: 2 }),
      without: { DigestPassword: "never told", KerberosUserSid: "it is a user with a password" },
    },
    call(AMT_KerberosSettingData, "GetCredentialCacheState", {}),
    call(AMT_KerberosSettingData, "SetCredentialCacheState", { Enable: true }),
    call(AMT_MessageLog, "PositionToFirstRecord", {}),
    call(AMT_MessageLog, "GetRecords", { IterationIdentifier: "1", MaxReadRecords: 4_294_967_295 }),
    call(AMT_MessageLog, "GetRecord", { IterationIdentifier: "1", PositionToNext: true }),
    call(AMT_MessageLog, "PositionAtRecord", { IterationIdentifier: "1", MoveAbsolute: true, RecordNumber: 1n }),
    call(AMT_PublicKeyManagementService, "GenerateKeyPair", { KeyAlgorithm: "rsa", KeyLength: 2048 }),
    call(AMT_PublicKeyManagementService, "AddKey", { KeyBlob: aStrangersKey() }),
    call(AMT_PublicKeyManagementService, "AddCertificate", { CertificateBlob: certificate }),
    call(AMT_PublicKeyManagementService, "AddTrustedRootCertificate", { CertificateBlob: another }),
    call(AMT_PublicKeyManagementService, "AddCRL", { Url: `http://a/?${text}`, SerialNumbers: ["00", "ffAB"] }),
    { ...call(AMT_PublicKeyManagementService, "GeneratePKCS10RequestEx", request), lifetime: { since: "11.0" } },
    call(AMT_RemoteAccessService, "AddMpServer", {
      AccessInfo: text,
      InfoFormat: "fqdn",
      Port: 65_535,
      AuthMethod: "usernamePassword",
      Username: text,
      Password: text,
    }),
    call(AMT_RemoteAccessService, "AddRemoteAccessPolicyRule", {
      Trigger: "alert",
      TunnelLifeTime: 4_294_967_295,
      MpServer: [server],
    }),
    call(AMT_SetupAndConfigurationService, "GetUuid", {}),
    {
      ...call(AMT_SetupAndConfigurationService, "GetUnprovisionBlockingComponents", {}),
      without: { Component: "nothing blocks" },
    },
    call(AMT_SystemDefensePolicy, "GetTimeout", {}),
    call(AMT_TimeSynchronizationService, "GetLowAccuracyTimeSynch", {}),
    {
      ...call(AMT_WiFiPortConfigurationService, "AddWiFiSettings", {
        WiFiEndpoint: endpoint,
        WiFiEndpointSettingsInput: profile,
        IEEE8021xSettingsInput: enterprise,
        ClientCredential: certificateAt(1),
        CACredential: certificateAt(0),
      }),
      without: { WiFiEndpointSettings: "recorded answers lack it" },
    },
    call(AMT_WiFiPortConfigurationService, "UpdateWiFiSettings", {
      WiFiEndpointSettings: referenceTo(CIM_WiFiEndpointSettings, {
        InstanceID: "Intel(r) AMT:WiFi Endpoint Settings staff & guests",
      }),
      WiFiEndpointSettingsInput: { ...profile, InstanceID: "any" },
      IEEE8021xSettingsInput: enterprise,
    }),
    {
      ...call(CIM_PowerManagementService, "RequestPowerStateChange", { PowerState: "cycleSoft" }),
      without: noJob,
    },
    call(IPS_HTTPProxyService, "AddProxyAccessPoint", {
      AccessInfo: text,
      InfoFormat: "fqdn",
      Port: 1,
      NetworkDnsSuffix: text,
    }),
  ];
}

function signing(certificate: Uint8Array) {
  return {
    SigningMechanismType: "sha256",
    SigningKey: aStrangersKey(),
    LengthOfCertificates: [certificate.length],
    Certificates: certificate,
  } as const;
}

function call<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  method: N,
  input: Input<C, N>,
): LegalCall {
  return { definition, method, input };
}
