// Where a virtual device may differ from the recordings, each with its reason. What is not named here must be equal.

/** Not compared at all. The first six are those that packages/model/recorded.test.ts names as written by hand, too. */
export const notCompared: readonly (readonly [files: RegExp, reason: string])[] = [
  [/eventlogentry\/(get|pull)/, "made up: members that the schema lacks, out of order"],
  [/hdr8021filter\/(get|pull)/, "made up: out of order, without its key"],
  [/ips\/alarmclock\/(get|pull|delete)/, "made up: a time that is none, one prefix undeclared"],
  [/ips\/power\/managementservice\/(get|pull)/, "out of order: a member was added by hand at the end"],
  [/generatepkcs10/, "made up: the signed request is the word test?"],
  [/getuuid-bad/, "made up to be refused by readers"],
  [/tls\/credentialcontext\/(create|put)/, "made up: names certificates that no answer lists"],
  [
    /publickey\/management\/delete/,
    "a service is not deleted; the answer is that of certificate/delete with another name",
  ],
];

/** Compared from the body on: the envelope around it is the request's. */
export const bodyOnly = /boot\/settingdata\/put|setupandconfiguration\/getuuid\.xml/;

/** Their Action lacks the "Response" that all 33 others have: the makers of the library filled in a template. */
export const shortActions =
  /commitchanges|\/unprovision|hostbasedsetup\/(addnextcertinchain|adminsetup|setup|upgradeclienttoadmin)|setcertificates/;

/** Message identifiers and enumeration contexts that no firmware writes: made up, or a digit was lost. */
export const oddIds = /eventlogentry|hdr8021filter|hostbootreason|ethernetport\/enumerate/;

const machine = "the machine's own";
const past = "of what happened to the machine before";
const choice = "as its owner had set it";

/** Values of which only the spelling is compared; a list of them may have another length. By class, or method result, and member. */
export const ownValues: Readonly<Record<string, string>> = {
  "AMT_AuditLog.CurrentNumberOfRecords": past,
  "AMT_AuditLog.PercentageFree": past,
  "AMT_AuditLog.TimeOfLastRecord": past,
  "ReadRecords_OUTPUT.TotalRecordCount": past,
  "ReadRecords_OUTPUT.RecordsReturned": past,
  "ReadRecords_OUTPUT.EventRecords": past,
  "AMT_MessageLog.CurrentNumberOfRecords": past,
  "GetRecords_OUTPUT.IterationIdentifier": past,
  "GetRecords_OUTPUT.RecordArray": past,
  "AMT_GeneralSettings.DigestRealm": "made anew by every setup",
  "AMT_GeneralSettings.DomainName": choice,
  "AMT_GeneralSettings.HostName": choice,
  "AMT_GeneralSettings.HostOSFQDN": machine,
  "AMT_GeneralSettings.IdleWakeTimeout": choice,
  "AMT_EnvironmentDetectionSettingData.DetectionStrings": choice,
  "AMT_EthernetPortSettings.DefaultGateway": "of its network",
  "AMT_EthernetPortSettings.MACAddress": machine,
  "AMT_EthernetPortSettings.PrimaryDNS": "of its network",
  "AMT_ManagementPresenceRemoteSAP.AccessInfo": choice,
  "AMT_ManagementPresenceRemoteSAP.CN": choice,
  "AMT_RemoteAccessPolicyAppliesToMPS.MpsType": "it was changed between the two recordings",
  "AMT_PublicKeyCertificate.Issuer": choice,
  "AMT_PublicKeyCertificate.Subject": choice,
  "AMT_PublicKeyCertificate.X509Certificate": choice,
  "AMT_PublicPrivateKeyPair.DERKey": machine,
  "AMT_TLSCredentialContext.ElementInContext": "which handle its certificate got",
  "AddCertificate_OUTPUT.CreatedCertificate": "which handle is free",
  "AddTrustedRootCertificate_OUTPUT.CreatedCertificate": "which handle is free",
  "AddKey_OUTPUT.CreatedKey": "which handle is free",
  "GenerateKeyPair_OUTPUT.KeyPair": "which handle is free",
  "GetUuid_OUTPUT.UUID": machine,
  "AMT_TimeSynchronizationService.TimeSource": "nobody had set the recorded machine's clock",
  "GetLowAccuracyTimeSynch_OUTPUT.Ta0": "the time of day",
  "IPS_HostBasedSetupService.ConfigurationNonce": "random",
  "AddNextCertInChain_OUTPUT.ReturnValue": "host-based setup is asked by the host, not over the network",
  "AdminSetup_OUTPUT.ReturnValue": "host-based setup is asked by the host, not over the network",
  "Setup_OUTPUT.ReturnValue": "host-based setup is asked by the host, not over the network",
  "UpgradeClientToAdmin_OUTPUT.ReturnValue": "host-based setup is asked by the host, not over the network",
  "IPS_HostBootReason.PreviousSxState": past,
  "IPS_HostBootReason.Reason": past,
  "IPS_HostIPSettings.DHCPEnabled": "of its network",
  "IPS_IEEE8021xSettings.AvailableInS0": choice,
  "IPS_LANEndpoint.MACAddress": machine,
  "IPS_ScreenSettingData.ElementName": "somebody put the word test",
  "IPS_ScreenSettingData.IsActive": "two screens instead of one",
  "IPS_ScreenSettingData.ResolutionX": "two screens instead of one",
  "IPS_ScreenSettingData.ResolutionY": "two screens instead of one",
  "IPS_ScreenSettingData.UpperLeftX": "two screens instead of one",
  "IPS_ScreenSettingData.UpperLeftY": "two screens instead of one",
  "IPS_SecIOService.RequestedLanguage": choice,
  "IPS_SecIOService.language": choice,
  "AddProxyAccessPoint_OUTPUT.ProxyAccessPoint": "which number is free",
};

/** Members that one of the two lacks. By file, and class and member. */
export const absences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "amt/ethernetport/get.xml": { "AMT_EthernetPortSettings.SecondaryDNS": "its network has two" },
  "amt/setupandconfiguration/getuuid.xml": {
    "GetUuid_OUTPUT.ReturnValue": "left out by hand: every other method result ends with it",
  },
  "amt/userinitiatedconnection/get.xml": {
    "AMT_UserInitiatedConnectionService.LastConnectionReason":
      "pull.xml has it, empty: it comes with the first connection",
  },
  "ips/kvmredirection/settings/put.xml": {
    "IPS_KVMRedirectionSettingData.OptInPolicyTimeout":
      "get.xml and pull.xml have it; whether a newer release or OptInPolicy false leaves it out cannot be told",
  },
};
