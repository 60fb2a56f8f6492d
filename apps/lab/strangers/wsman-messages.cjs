// Prints every message that Device Management Toolkit's generator makes, with arguments that make sense. Argument: its folder.
// One JSON list: [family, class, method, message].
const { AMT, CIM, IPS } = require(process.argv[2]);

const id = (value) => ({ name: "InstanceID", value });
const zeros = (count) => Buffer.alloc(count).toString("base64");
const wifi = "Intel(r) AMT:WiFi Endpoint Settings home";
const rule = { CreationClassName: "AMT_RemoteAccessPolicyRule", PolicyRuleName: "Periodic" };

/** Arguments by class and method; a method that is not named gets none. */
const args = {
  "AlarmClockService.AddAlarm": [
    {
      InstanceID: "Wake",
      ElementName: "Wake",
      StartTime: new Date(Date.now() + 3_600_000),
      Interval: 60,
      DeleteOnCompletion: true,
    },
  ],
  "AlarmClockService.Put": [{ Name: "Intel(r) AMT Alarm Clock Service" }],
  "AlarmClockOccurrence.Delete": [id("Wake")],
  "AuthorizationService.AddUserAclEntryEx": [2, [5], "stranger", zeros(16)],
  "AuthorizationService.EnumerateUserAclEntries": [1],
  "AuthorizationService.GetAclEnabledState": [1],
  "AuthorizationService.GetUserAclEntryEx": [1],
  "AuthorizationService.RemoveUserAclEntry": [9],
  "AuthorizationService.SetAclEnabledState": [9, true],
  "AuthorizationService.SetAdminACLEntryEx": ["admin", zeros(16)],
  "AuthorizationService.UpdateUserAclEntryEx": [9, 2, [5], "stranger", zeros(16)],
  "BootSettingData.Put": [
    {
      BIOSPause: false,
      BIOSSetup: false,
      BootMediaIndex: 0,
      ConfigurationDataReset: false,
      FirmwareVerbosity: 0,
      ForcedProgressEvents: false,
      IDERBootDevice: 0,
      InstanceID: "Intel(r) AMT:BootSettingData 0",
      LockKeyboard: false,
      LockPowerButton: false,
      LockResetButton: false,
      LockSleepButton: false,
      ReflashBIOS: false,
      UseIDER: false,
      UseSOL: false,
      UseSafeMode: false,
      UserPasswordBypass: false,
      SecureErase: false,
    },
  ],
  "EnvironmentDetectionSettingData.Put": [
    {
      InstanceID: "Intel(r) AMT Environment Detection Settings",
      DetectionAlgorithm: 0,
      ElementName: "x",
      DetectionStrings: ["a.example"],
    },
  ],
  "EthernetPortSettings.Put": [
    {
      InstanceID: "Intel(r) AMT Ethernet Port Settings 0",
      DHCPEnabled: true,
      IpSyncEnabled: true,
      SharedMAC: true,
      SharedStaticIp: false,
    },
  ],
  "EthernetPortSettings.SetLinkPreference": [2, 10, "Intel(r) AMT Ethernet Port Settings 1"],
  "GeneralSettings.Put": [{ InstanceID: "Intel(r) AMT: General Settings", HostName: "stranger", DomainName: "" }],
  "IEEE8021xProfile.Put": [{ InstanceID: "Intel(r) AMT 802.1x Profile 0", Enabled: false, ActiveInS0: true }],
  "KerberosSettingData.SetCredentialCacheState": [{ Enable: true }],
  "ManagementPresenceRemoteSAP.Delete": [{ name: "Name", value: "Intel(r) AMT:Management Presence Server 0" }],
  "MessageLog.GetRecords": [1],
  "MPSUsernamePassword.Put": [
    { InstanceID: "Intel(r) AMT:MPS Username Password 0", RemoteID: "vigil", Secret: "P@ssw0rd" },
  ],
  "PublicKeyCertificate.Delete": [id("Intel(r) AMT Certificate: Handle: 9")],
  "PublicKeyCertificate.Put": [{ InstanceID: "Intel(r) AMT Certificate: Handle: 0" }],
  "PublicKeyManagementService.AddCertificate": [{ CertificateBlob: zeros(12) }],
  "PublicKeyManagementService.AddKey": [zeros(12)],
  "PublicKeyManagementService.AddTrustedRootCertificate": [{ CertificateBlob: zeros(12) }],
  "PublicKeyManagementService.GenerateKeyPair": [{ KeyAlgorithm: 0, KeyLength: 2048 }],
  "PublicKeyManagementService.GeneratePKCS10RequestEx": [
    {
      KeyPair: reference("AMT_PublicPrivateKeyPair", "Intel(r) AMT Key: Handle: 0"),
      NullSignedCertificateRequest: zeros(12),
      SigningAlgorithm: 1,
    },
  ],
  "PublicPrivateKeyPair.Delete": [id("Intel(r) AMT Key: Handle: 9")],
  "RedirectionService.Put": [{ Name: "Intel(r) AMT Redirection Service", ListenerEnabled: true, EnabledState: 32771 }],
  "RedirectionService.RequestStateChange": [32771],
  "RemoteAccessPolicyAppliesToMPS.Delete": [{ name: "Name", value: "none" }],
  "RemoteAccessPolicyAppliesToMPS.Create": [{ MpsType: 0, OrderOfAccess: 0 }],
  "RemoteAccessPolicyAppliesToMPS.Put": [{ MpsType: 0, OrderOfAccess: 0 }],
  "RemoteAccessPolicyRule.Delete": [{ name: "PolicyRuleName", value: "Periodic" }],
  "RemoteAccessPolicyRule.Put": [{ ...rule, Trigger: 2, TunnelLifeTime: 0, ExtendedData: "AAAAAAAAABk=" }],
  "RemoteAccessService.AddMPS": [
    {
      AccessInfo: "mps.example",
      InfoFormat: 201,
      Port: 4433,
      AuthMethod: 2,
      Username: "vigil",
      Password: "P@ssw0rd",
      CommonName: "mps.example",
    },
  ],
  "RemoteAccessService.AddRemoteAccessPolicyRule": [
    { Trigger: 2, TunnelLifeTime: 0, ExtendedData: "AAAAAAAAABk=" },
    { name: "Name", value: "Intel(r) AMT:Management Presence Server 0" },
  ],
  "SetupAndConfigurationService.SetMEBXPassword": ["P@ssw0rd"],
  "SetupAndConfigurationService.Put": [{ Name: "Intel(r) AMT Setup and Configuration Service" }],
  "TimeSynchronizationService.SetHighAccuracyTimeSynch": [1, 2, Math.trunc(Date.now() / 1000)],
  "TLSCredentialContext.Create": ["Intel(r) AMT Certificate: Handle: 0"],
  "TLSSettingData.Put": [
    {
      InstanceID: "Intel(r) AMT 802.3 TLS Settings",
      ElementName: "x",
      Enabled: true,
      MutualAuthentication: false,
      AcceptNonSecureConnections: true,
    },
  ],
  "UserInitiatedConnectionService.RequestStateChange": [32771],
  "WiFiPortConfigurationService.AddWiFiSettings": [
    {
      InstanceID: wifi,
      ElementName: "home",
      SSID: "home",
      Priority: 1,
      AuthenticationMethod: 6,
      EncryptionMethod: 4,
      PSKPassPhrase: "correct horse",
    },
    { name: "Name", value: "WiFi Endpoint 0" },
  ],
  "WiFiPortConfigurationService.Put": [
    { Name: "Intel(r) AMT WiFi Port Configuration Service", localProfileSynchronizationEnabled: 1 },
  ],
  "BootConfigSetting.ChangeBootOrder": ["Intel(r) AMT: Force PXE Boot"],
  "BootService.SetBootConfigRole": ["Intel(r) AMT: Boot Configuration 0", 1],
  "BootService.RequestStateChange": [32771],
  "KVMRedirectionSAP.RequestStateChange": [2],
  "PowerManagementService.RequestPowerStateChange": [10],
  "WiFiEndpointSettings.Delete": [id(wifi)],
  "WiFiPort.RequestStateChange": [32769],
  "HostBasedSetupService.AddNextCertInChain": [zeros(12), true, false],
  "HostBasedSetupService.AdminSetup": [2, "0".repeat(32), zeros(20), 2, zeros(256)],
  "HostBasedSetupService.UpgradeClientToAdmin": [zeros(20), 2, zeros(256)],
  "HostBasedSetupService.Setup": [2, "0".repeat(32)],
  "IEEE8021xSettings.Put": [
    { InstanceID: "Intel(r) AMT: 8021X Settings", Enabled: 3, AvailableInS0: true, PxeTimeout: 120 },
  ],
  "IEEE8021xSettings.SetCertificates": ["Intel(r) AMT Certificate: Handle: 0", "Intel(r) AMT Certificate: Handle: 0"],
  "OptInService.Put": [
    {
      IPS_OptInService: {
        Name: "Intel(r) AMT OptIn Service",
        OptInRequired: 0,
        OptInCodeTimeout: 120,
        OptInDisplayTimeout: 300,
      },
    },
  ],
  "OptInService.SendOptInCode": [123456],
  "IPS.PowerManagementService.RequestOSPowerSavingStateChange": [3],
  "HTTPProxyService.AddProxyAccessPoint": [
    { AccessInfo: "proxy.example", InfoFormat: 201, Port: 8080, NetworkDnsSuffix: "example" },
  ],
  "HTTPProxyAccessPoint.UpdatePriority": [],
  "HTTPProxyAccessPoint.Delete": [{ name: "Name", value: "Intel(r) AMT HTTP Proxy Access Point 0" }],
  "KVMRedirectionSettingData.Put": [
    { InstanceID: "Intel(r) KVM Redirection Settings", OptInPolicy: false, SessionTimeout: 3 },
  ],
};

function reference(className, InstanceID) {
  const uri = `http://intel.com/wbem/wscim/1/amt-schema/1/${className}`;
  return {
    Address: "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
    ReferenceParameters: {
      ResourceURI: uri,
      SelectorSet: { Selector: [{ _: InstanceID, $: { Name: "InstanceID" } }] },
    },
  };
}

const out = [];
for (const [family, { Messages }] of Object.entries({ AMT, CIM, IPS })) {
  const messages = new Messages();
  for (const [name, one] of Object.entries(messages)) {
    if (typeof one?.Get !== "function") continue;
    for (const method of Object.keys(one)) {
      if (typeof one[method] !== "function" || /^protected|^(Pull|Unprovision)$/.test(method)) continue;
      const given = args[`${family}.${name}.${method}`] ?? args[`${name}.${method}`] ?? [];
      try {
        out.push([family, name, method, one[method](...given)]);
      } catch (error) {
        out.push([family, name, method, { error: String(error) }]);
      }
    }
  }
}
process.stdout.write(JSON.stringify(out), () => process.exit(0));
