import { AMT_AlarmClockService } from "@vigil/model/amt/AMT_AlarmClockService.ts";
import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { AMT_MessageLog } from "@vigil/model/amt/AMT_MessageLog.ts";
import { AMT_PublicKeyManagementService } from "@vigil/model/amt/AMT_PublicKeyManagementService.ts";
import { AMT_MPSUsernamePassword } from "@vigil/model/amt/AMT_MPSUsernamePassword.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_RedirectionService } from "@vigil/model/amt/AMT_RedirectionService.ts";
import { AMT_RemoteAccessPolicyAppliesToMPS } from "@vigil/model/amt/AMT_RemoteAccessPolicyAppliesToMPS.ts";
import { AMT_RemoteAccessPolicyRule } from "@vigil/model/amt/AMT_RemoteAccessPolicyRule.ts";
import { AMT_RemoteAccessService } from "@vigil/model/amt/AMT_RemoteAccessService.ts";
import { AMT_SetupAndConfigurationService } from "@vigil/model/amt/AMT_SetupAndConfigurationService.ts";
import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { AMT_UserInitiatedConnectionService } from "@vigil/model/amt/AMT_UserInitiatedConnectionService.ts";
import { AMT_WiFiPortConfigurationService } from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_BootService } from "@vigil/model/cim/CIM_BootService.ts";
import { CIM_WiFiEndpointSettings } from "@vigil/model/cim/CIM_WiFiEndpointSettings.ts";
import { CIM_ComputerSystem } from "@vigil/model/cim/CIM_ComputerSystem.ts";
import { AMT_ManagementPresenceRemoteSAP } from "@vigil/model/amt/AMT_ManagementPresenceRemoteSAP.ts";
import type { ClassDefinition, Input, Instance, MethodName } from "@vigil/model/define.ts";
import { encodeInput, encodeInstance, referenceTo } from "@vigil/model/instances.ts";
import { IPS_HostBasedSetupService } from "@vigil/model/ips/IPS_HostBasedSetupService.ts";
import { IPS_HTTPProxyService } from "@vigil/model/ips/IPS_HTTPProxyService.ts";
import { IPS_IEEE8021xSettings } from "@vigil/model/ips/IPS_IEEE8021xSettings.ts";
import { IPS_OptInService } from "@vigil/model/ips/IPS_OptInService.ts";
import { IPS_PowerManagementService } from "@vigil/model/ips/IPS_PowerManagementService.ts";
import type { Selectors } from "@vigil/wire/wsman/reference.ts";
import type { XmlElement } from "@vigil/wire/xml.ts";
import type { Generation } from "../identity.ts";
import { amtKeys } from "../names.ts";
import type { Asker } from "./firmware-under-test.ts";
import {
  bringKey,
  certificateReference,
  endpointReference,
  profile,
  serverReference,
  type Material,
} from "./recorded-device.ts";

/** What was asked for when an answer was recorded, as far as the answer itself does not tell. */
export interface Question {
  readonly selectors?: Selectors;
  readonly body?: XmlElement;
  /** Which firmware has what the answer has; "12" unless said otherwise. */
  readonly generation?: Generation;
  /** What had happened before. */
  readonly before?: (asker: Asker) => Promise<unknown>;
}

/** @param material what the device was given */
export function questions(material: Material): Readonly<Record<string, Question>> {
  return {
    ...alarmsAndLogs,
    ...accountsAndSetup,
    ...keysAndCertificates(material),
    ...remoteAccess,
    ...hostBasedSetup,
    ...network,
    ...features,
    ...ofNewerFirmware,
  };
}

const alarmsAndLogs: Readonly<Record<string, Question>> = {
  "amt/alarmclock/addalarm.xml": invoke(AMT_AlarmClockService, "AddAlarm", {
    AlarmTemplate: {
      InstanceID: "Alarm",
      ElementName: "Alarm",
      StartTime: { datetime: "2030-01-01T06:00:00Z" },
      DeleteOnCompletion: true,
    },
  }),
  "amt/auditlog/readrecords.xml": invoke(AMT_AuditLog, "ReadRecords", { StartIndex: 1 }),
  "amt/messagelog/positiontofirstrecord.xml": {
    before: failLogins,
    ...invoke(AMT_MessageLog, "PositionToFirstRecord", {}),
  },
  "amt/messagelog/getrecords.xml": {
    before: failLogins,
    ...invoke(AMT_MessageLog, "GetRecords", { IterationIdentifier: "1", MaxReadRecords: 390 }),
  },
};

const accountsAndSetup: Readonly<Record<string, Question>> = {
  "amt/authorization/enumerateuseraclentries.xml": invoke(AMT_AuthorizationService, "EnumerateUserAclEntries", {
    StartIndex: 1,
  }),
  "amt/authorization/getaclenabledstate.xml": invoke(AMT_AuthorizationService, "GetAclEnabledState", { Handle: 2 }),
  "amt/authorization/getadminaclentry.xml": invoke(AMT_AuthorizationService, "GetAdminAclEntry", {}),
  "amt/authorization/getadminaclentrystatus.xml": invoke(AMT_AuthorizationService, "GetAdminAclEntryStatus", {}),
  "amt/authorization/getadminnetaclentrystatus.xml": invoke(AMT_AuthorizationService, "GetAdminNetAclEntryStatus", {}),
  "amt/authorization/getuseraclentryex.xml": invoke(AMT_AuthorizationService, "GetUserAclEntryEx", { Handle: 1 }),
  "amt/authorization/removeuseraclentry.xml": invoke(AMT_AuthorizationService, "RemoveUserAclEntry", { Handle: 2 }),
  "amt/authorization/setaclenabledstate.xml": invoke(AMT_AuthorizationService, "SetAclEnabledState", {
    Handle: 2,
    Enabled: false,
  }),
  "amt/authorization/setadminaclentryex.xml": invoke(AMT_AuthorizationService, "SetAdminAclEntryEx", {
    Username: "admin",
    DigestPassword: new Uint8Array(16),
  }),
  "amt/kerberos/getcredentialcachestate.xml": invoke(AMT_KerberosSettingData, "GetCredentialCacheState", {}),
  "amt/setupandconfiguration/commitchanges.xml": invoke(AMT_SetupAndConfigurationService, "CommitChanges", {}),
  "amt/setupandconfiguration/getuuid.xml": invoke(AMT_SetupAndConfigurationService, "GetUuid", {}),
  "amt/setupandconfiguration/partialunprovision.xml": invoke(
    AMT_SetupAndConfigurationService,
    "PartialUnprovision",
    {},
  ),
  "amt/setupandconfiguration/setmebxpassword.xml": invoke(AMT_SetupAndConfigurationService, "SetMEBxPassword", {
    Password: "P@ssw0rd",
  }),
  "amt/setupandconfiguration/unprovision.xml": invoke(AMT_SetupAndConfigurationService, "Unprovision", {
    ProvisioningMode: "enterprise",
  }),
  "amt/timesynchronization/getlowaccuracytimesynch.xml": invoke(
    AMT_TimeSynchronizationService,
    "GetLowAccuracyTimeSynch",
    {},
  ),
  "amt/timesynchronization/sethighaccuracytimesynch.xml": invoke(
    AMT_TimeSynchronizationService,
    "SetHighAccuracyTimeSynch",
    { Ta0: 1_704_586_865, Tm1: 1_704_586_865, Tm2: 1_704_586_865 },
  ),
};

function keysAndCertificates({ another, roots: [first] }: Material): Readonly<Record<string, Question>> {
  const service = AMT_PublicKeyManagementService;
  const certificate = { InstanceID: "Intel(r) AMT Certificate: Handle: 0" };
  const root = { ...certificate, TrustedRootCertficate: true, X509Certificate: first };
  return {
    "amt/publickey/certificate/get.xml": { selectors: certificate },
    "amt/publickey/certificate/delete.xml": { selectors: certificate },
    "amt/publickey/certificate/put.xml": {
      selectors: certificate,
      body: encodeInstance(AMT_PublicKeyCertificate, root),
    },
    // Of a key that is in the device: its certificate makes a leaf that may be added.
    "amt/publickey/management/addcertificate.xml": invoke(service, "AddCertificate", { CertificateBlob: another }),
    "amt/publickey/management/addtrustedrootcertificate.xml": invoke(service, "AddTrustedRootCertificate", {
      CertificateBlob: another,
    }),
    "amt/publickey/management/addkey.xml": invoke(service, "AddKey", { KeyBlob: bringKey() }),
    "amt/publickey/management/generatekeypair.xml": invoke(service, "GenerateKeyPair", {
      KeyAlgorithm: "rsa",
      KeyLength: 2048,
    }),
    "amt/publicprivate/get.xml": { selectors: { InstanceID: "Intel(r) AMT Key: Handle: 0" } },
    "amt/publicprivate/delete.xml": { selectors: { InstanceID: "Intel(r) AMT Key: Handle: 1" } },
  };
}

const rule = referenceTo(AMT_RemoteAccessPolicyRule, {
  CreationClassName: "AMT_RemoteAccessPolicyRule",
  PolicyRuleName: "Periodic",
  ...amtKeys,
});

const remoteAccess: Readonly<Record<string, Question>> = {
  "amt/managementpresence/delete.xml": {
    before: (asker) => asker.delete(AMT_RemoteAccessPolicyRule, {}),
    selectors: serverReference.selectors,
  },
  "amt/mps/put.xml": put(AMT_MPSUsernamePassword, {
    InstanceID: "Intel(r) AMT:MPS Username Password 0",
    RemoteID: "another",
    Secret: "P@ssw0rd2",
  }),
  "amt/remoteaccess/policyappliestomps/put.xml": put(AMT_RemoteAccessPolicyAppliesToMPS, {
    ManagedElement: serverReference,
    MpsType: "both",
    OrderOfAccess: 0,
    PolicySet: rule,
  }),
  "amt/remoteaccess/policyrule/delete.xml": { selectors: { PolicyRuleName: "Periodic" } },
  "amt/remoteaccess/service/addmpsserver.xml": {
    before: async (asker) => {
      await asker.delete(AMT_RemoteAccessPolicyRule, {});
      await asker.delete(AMT_ManagementPresenceRemoteSAP, {});
    },
    ...invoke(AMT_RemoteAccessService, "AddMpServer", {
      AccessInfo: "192.168.0.208",
      InfoFormat: "ipv4",
      Port: 4433,
      AuthMethod: "usernamePassword",
      Username: "test",
      Password: "P@ssw0rd",
      CN: "192.168.0.208",
    }),
  },
  "amt/remoteaccess/service/addremoteaccessservice.xml": {
    before: (asker) => asker.delete(AMT_RemoteAccessPolicyRule, {}),
    ...invoke(AMT_RemoteAccessService, "AddRemoteAccessPolicyRule", {
      Trigger: "periodic",
      TunnelLifeTime: 0,
      ExtendedData: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 25),
      MpServer: [serverReference],
    }),
  },
  "amt/userinitiatedconnection/request.xml": invoke(AMT_UserInitiatedConnectionService, "RequestStateChange", {
    RequestedState: "biosAndOs",
  }),
};

const networkTls = { InstanceID: "Intel(r) AMT 802.3 TLS Settings" };
const wiredPort = { InstanceID: "Intel(r) AMT Ethernet Port Settings 0" };
const proxy = {
  AccessInfo: "proxy.site.example",
  InfoFormat: "fqdn",
  Port: 3128,
  NetworkDnsSuffix: "site.example",
} as const;

const oneTimeProof = {
  McNonce: new Uint8Array(20),
  SigningAlgorithm: "rsaSha256",
  DigitalSignature: new Uint8Array(256),
} as const;
const password = { NetAdminPassEncryptionType: "digestHa1", NetworkAdminPassword: "0".repeat(32) } as const;

const hostBasedSetup: Readonly<Record<string, Question>> = {
  "ips/hostbasedsetup/addnextcertinchain.xml": invoke(IPS_HostBasedSetupService, "AddNextCertInChain", {
    NextCertificate: new Uint8Array(16),
    IsLeafCertificate: true,
    IsRootCertificate: false,
  }),
  "ips/hostbasedsetup/adminsetup.xml": invoke(IPS_HostBasedSetupService, "AdminSetup", {
    ...password,
    ...oneTimeProof,
  }),
  "ips/hostbasedsetup/setup.xml": invoke(IPS_HostBasedSetupService, "Setup", password),
  "ips/hostbasedsetup/upgradeclienttoadmin.xml": invoke(
    IPS_HostBasedSetupService,
    "UpgradeClientToAdmin",
    oneTimeProof,
  ),
};

const network: Readonly<Record<string, Question>> = {
  "amt/ethernetport/get.xml": { selectors: wiredPort },
  "amt/ethernetport/put.xml": { selectors: wiredPort },
  "amt/wifiportconfiguration/addwifisettings.xml": {
    before: (asker) => asker.delete(CIM_WiFiEndpointSettings, {}),
    ...invoke(AMT_WiFiPortConfigurationService, "AddWiFiSettings", {
      WiFiEndpoint: endpointReference,
      WiFiEndpointSettingsInput: profile,
    }),
  },
  "amt/wifiportconfiguration/updatewifisettings.xml": invoke(AMT_WiFiPortConfigurationService, "UpdateWiFiSettings", {
    WiFiEndpointSettings: referenceTo(CIM_WiFiEndpointSettings, { InstanceID: profile.InstanceID }),
    WiFiEndpointSettingsInput: { ...profile, SSID: "another" },
  }),
  "ips/http/addproxyaccesspoint.xml": {
    generation: "15",
    ...invoke(IPS_HTTPProxyService, "AddProxyAccessPoint", proxy),
  },
  "ips/http/addproxyaccesspoint_2058.xml": {
    generation: "15",
    before: (asker) => asker.call(IPS_HTTPProxyService, "AddProxyAccessPoint", proxy),
    ...invoke(IPS_HTTPProxyService, "AddProxyAccessPoint", proxy),
  },
  "amt/tls/settingdata/get.xml": { selectors: networkTls },
  "amt/tls/settingdata/put.xml": { selectors: networkTls },
  "ips/ieee8021x/settings/setcertificates.xml": invoke(IPS_IEEE8021xSettings, "SetCertificates", {
    ServerCertificateIssuer: certificateReference(0),
    ClientCertificate: certificateReference(1),
  }),
};

const features: Readonly<Record<string, Question>> = {
  "amt/systempowerscheme/get.xml": { selectors: { InstanceID: "SCHEME 0" } },
  "amt/redirectionservice/requeststatechange.xml": invoke(AMT_RedirectionService, "RequestStateChange", {
    RequestedState: "iderAndSol",
  }),
  "ips/optin/canceloptin.xml": invoke(IPS_OptInService, "CancelOptIn", {}),
  "ips/optin/sendoptincode.xml": invoke(IPS_OptInService, "SendOptInCode", { OptInCode: 123_456 }),
  "ips/optin/startoptin.xml": {
    before: (asker) => asker.call(IPS_OptInService, "StartOptIn", {}),
    ...invoke(IPS_OptInService, "StartOptIn", {}),
  },
  "ips/power/managementservice/requestospowersavingstatechange.xml": invoke(
    IPS_PowerManagementService,
    "RequestOSPowerSavingStateChange",
    {
      OSPowerSavingState: "fullPower",
      ManagedElement: referenceTo(CIM_ComputerSystem, {
        CreationClassName: "CIM_ComputerSystem",
        Name: "ManagedSystem",
      }),
    },
  ),
};

/** These show members that release 12 does not have yet, whatever the machine was that they are said to be of. */
const ofNewerFirmware: Readonly<Record<string, Question>> = {
  "amt/general/get.xml": { generation: "15" },
  "amt/boot/settingdata/get.xml": { generation: "16", before: switchRecoveryOn },
  "amt/boot/settingdata/pull.xml": { generation: "16", before: switchRecoveryOn },
  "amt/boot/settingdata/put.xml": { generation: "16" },
  "amt/remoteaccess/service/get.xml": { generation: "19" },
  "amt/remoteaccess/service/pull.xml": { generation: "19" },
  "amt/wifiportconfiguration/get.xml": { generation: "16" },
  "amt/wifiportconfiguration/pull.xml": { generation: "16" },
  "ips/kvmredirection/settings/put.xml": { generation: "15" },
};

async function switchRecoveryOn(asker: Asker): Promise<void> {
  await asker.call(CIM_BootService, "RequestStateChange", { RequestedState: "recoveryAndEraseOn" });
}

function put<C extends ClassDefinition>(definition: C, value: Partial<Instance<C>>): Question {
  return { body: encodeInstance(definition, value) };
}

function invoke<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  method: N,
  input: Input<C, N>,
): Question {
  return { body: encodeInput(definition, method, input) };
}

/** Three bad logins leave a record. */
async function failLogins(asker: Asker): Promise<void> {
  for (let count = 0; count < 3; count += 1) asker.firmware.noteFailedLogin();
}
