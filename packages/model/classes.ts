import type { ClassDefinition } from "./define.ts";
import { AMT_8021XProfile } from "./amt/AMT_8021XProfile.ts";
import { AMT_8021xCredentialContext } from "./amt/AMT_8021xCredentialContext.ts";
import { AMT_ActiveFilterStatistics } from "./amt/AMT_ActiveFilterStatistics.ts";
import { AMT_AgentPresenceCapabilities } from "./amt/AMT_AgentPresenceCapabilities.ts";
import { AMT_AgentPresenceInterfacePolicy } from "./amt/AMT_AgentPresenceInterfacePolicy.ts";
import { AMT_AgentPresenceService } from "./amt/AMT_AgentPresenceService.ts";
import { AMT_AgentPresenceWatchdog } from "./amt/AMT_AgentPresenceWatchdog.ts";
import { AMT_AgentPresenceWatchdogAction } from "./amt/AMT_AgentPresenceWatchdogAction.ts";
import { AMT_AlarmClockService } from "./amt/AMT_AlarmClockService.ts";
import { AMT_AssetTable } from "./amt/AMT_AssetTable.ts";
import { AMT_AssetTableService } from "./amt/AMT_AssetTableService.ts";
import { AMT_AuditLog } from "./amt/AMT_AuditLog.ts";
import { AMT_AuditPolicyRule } from "./amt/AMT_AuditPolicyRule.ts";
import { AMT_AuthorizationService } from "./amt/AMT_AuthorizationService.ts";
import { AMT_BootCapabilities } from "./amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "./amt/AMT_BootSettingData.ts";
import { AMT_CRL } from "./amt/AMT_CRL.ts";
import { AMT_ComplexFilterEntryBase } from "./amt/AMT_ComplexFilterEntryBase.ts";
import { AMT_CryptographicCapabilities } from "./amt/AMT_CryptographicCapabilities.ts";
import { AMT_EnvironmentDetectionInterfacePolicy } from "./amt/AMT_EnvironmentDetectionInterfacePolicy.ts";
import { AMT_EnvironmentDetectionSettingData } from "./amt/AMT_EnvironmentDetectionSettingData.ts";
import { AMT_EthernetPortSettings } from "./amt/AMT_EthernetPortSettings.ts";
import { AMT_EventLogEntry } from "./amt/AMT_EventLogEntry.ts";
import { AMT_EventManagerService } from "./amt/AMT_EventManagerService.ts";
import { AMT_EventSubscriber } from "./amt/AMT_EventSubscriber.ts";
import { AMT_FilterEntryBase } from "./amt/AMT_FilterEntryBase.ts";
import { AMT_FilterInSystemDefensePolicy } from "./amt/AMT_FilterInSystemDefensePolicy.ts";
import { AMT_GeneralSettings } from "./amt/AMT_GeneralSettings.ts";
import { AMT_GeneralSystemDefenseCapabilities } from "./amt/AMT_GeneralSystemDefenseCapabilities.ts";
import { AMT_Hdr8021Filter } from "./amt/AMT_Hdr8021Filter.ts";
import { AMT_IPHeadersFilter } from "./amt/AMT_IPHeadersFilter.ts";
import { AMT_InterfacePolicy } from "./amt/AMT_InterfacePolicy.ts";
import { AMT_KerberosSettingData } from "./amt/AMT_KerberosSettingData.ts";
import { AMT_MPSUsernamePassword } from "./amt/AMT_MPSUsernamePassword.ts";
import { AMT_ManagementPresenceRemoteSAP } from "./amt/AMT_ManagementPresenceRemoteSAP.ts";
import { AMT_MessageLog } from "./amt/AMT_MessageLog.ts";
import { AMT_NetworkPortDefaultSystemDefensePolicy } from "./amt/AMT_NetworkPortDefaultSystemDefensePolicy.ts";
import { AMT_NetworkPortSystemDefenseCapabilities } from "./amt/AMT_NetworkPortSystemDefenseCapabilities.ts";
import { AMT_NetworkPortSystemDefensePolicy } from "./amt/AMT_NetworkPortSystemDefensePolicy.ts";
import { AMT_PCIDevice } from "./amt/AMT_PCIDevice.ts";
import { AMT_PETCapabilities } from "./amt/AMT_PETCapabilities.ts";
import { AMT_PETFilterForTarget } from "./amt/AMT_PETFilterForTarget.ts";
import { AMT_PETFilterSetting } from "./amt/AMT_PETFilterSetting.ts";
import { AMT_ProvisioningCertificateHash } from "./amt/AMT_ProvisioningCertificateHash.ts";
import { AMT_PublicKeyCertificate } from "./amt/AMT_PublicKeyCertificate.ts";
import { AMT_PublicKeyManagementCapabilities } from "./amt/AMT_PublicKeyManagementCapabilities.ts";
import { AMT_PublicKeyManagementService } from "./amt/AMT_PublicKeyManagementService.ts";
import { AMT_PublicPrivateKeyPair } from "./amt/AMT_PublicPrivateKeyPair.ts";
import { AMT_RedirectionService } from "./amt/AMT_RedirectionService.ts";
import { AMT_RemoteAccessCapabilities } from "./amt/AMT_RemoteAccessCapabilities.ts";
import { AMT_RemoteAccessCredentialContext } from "./amt/AMT_RemoteAccessCredentialContext.ts";
import { AMT_RemoteAccessPolicyAppliesToMPS } from "./amt/AMT_RemoteAccessPolicyAppliesToMPS.ts";
import { AMT_RemoteAccessPolicyRule } from "./amt/AMT_RemoteAccessPolicyRule.ts";
import { AMT_RemoteAccessService } from "./amt/AMT_RemoteAccessService.ts";
import { AMT_SNMPEventSubscriber } from "./amt/AMT_SNMPEventSubscriber.ts";
import { AMT_SetupAndConfigurationService } from "./amt/AMT_SetupAndConfigurationService.ts";
import { AMT_StateTransitionCondition } from "./amt/AMT_StateTransitionCondition.ts";
import { AMT_SystemDefensePolicy } from "./amt/AMT_SystemDefensePolicy.ts";
import { AMT_SystemDefensePolicyInService } from "./amt/AMT_SystemDefensePolicyInService.ts";
import { AMT_SystemDefenseService } from "./amt/AMT_SystemDefenseService.ts";
import { AMT_SystemPowerScheme } from "./amt/AMT_SystemPowerScheme.ts";
import { AMT_TLSCredentialContext } from "./amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSProtocolEndpoint } from "./amt/AMT_TLSProtocolEndpoint.ts";
import { AMT_TLSProtocolEndpointCollection } from "./amt/AMT_TLSProtocolEndpointCollection.ts";
import { AMT_TLSSettingData } from "./amt/AMT_TLSSettingData.ts";
import { AMT_TimeSynchronizationService } from "./amt/AMT_TimeSynchronizationService.ts";
import { AMT_TrapTargetForService } from "./amt/AMT_TrapTargetForService.ts";
import { AMT_UserInitiatedConnectionService } from "./amt/AMT_UserInitiatedConnectionService.ts";
import { AMT_WebUIService } from "./amt/AMT_WebUIService.ts";
import { AMT_WiFiPortConfigurationService } from "./amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_AbstractIndicationSubscription } from "./cim/CIM_AbstractIndicationSubscription.ts";
import { CIM_AlertIndication } from "./cim/CIM_AlertIndication.ts";
import { CIM_AssociatedPowerManagementService } from "./cim/CIM_AssociatedPowerManagementService.ts";
import { CIM_AuthenticationService } from "./cim/CIM_AuthenticationService.ts";
import { CIM_BIOSElement } from "./cim/CIM_BIOSElement.ts";
import { CIM_BIOSFeature } from "./cim/CIM_BIOSFeature.ts";
import { CIM_Battery } from "./cim/CIM_Battery.ts";
import { CIM_BootConfigSetting } from "./cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "./cim/CIM_BootService.ts";
import { CIM_BootSettingData } from "./cim/CIM_BootSettingData.ts";
import { CIM_BootSourceSetting } from "./cim/CIM_BootSourceSetting.ts";
import { CIM_Capabilities } from "./cim/CIM_Capabilities.ts";
import { CIM_Card } from "./cim/CIM_Card.ts";
import { CIM_Chassis } from "./cim/CIM_Chassis.ts";
import { CIM_Chip } from "./cim/CIM_Chip.ts";
import { CIM_Collection } from "./cim/CIM_Collection.ts";
import { CIM_Component } from "./cim/CIM_Component.ts";
import { CIM_ComputerSystem } from "./cim/CIM_ComputerSystem.ts";
import { CIM_ComputerSystemPackage } from "./cim/CIM_ComputerSystemPackage.ts";
import { CIM_ConcreteDependency } from "./cim/CIM_ConcreteDependency.ts";
import { CIM_Controller } from "./cim/CIM_Controller.ts";
import { CIM_CoolingDevice } from "./cim/CIM_CoolingDevice.ts";
import { CIM_Credential } from "./cim/CIM_Credential.ts";
import { CIM_CredentialContext } from "./cim/CIM_CredentialContext.ts";
import { CIM_CredentialManagementService } from "./cim/CIM_CredentialManagementService.ts";
import { CIM_Dependency } from "./cim/CIM_Dependency.ts";
import { CIM_ElementCapabilities } from "./cim/CIM_ElementCapabilities.ts";
import { CIM_ElementConformsToProfile } from "./cim/CIM_ElementConformsToProfile.ts";
import { CIM_ElementSettingData } from "./cim/CIM_ElementSettingData.ts";
import { CIM_ElementSoftwareIdentity } from "./cim/CIM_ElementSoftwareIdentity.ts";
import { CIM_EnabledLogicalElement } from "./cim/CIM_EnabledLogicalElement.ts";
import { CIM_EnabledLogicalElementCapabilities } from "./cim/CIM_EnabledLogicalElementCapabilities.ts";
import { CIM_EthernetPort } from "./cim/CIM_EthernetPort.ts";
import { CIM_Fan } from "./cim/CIM_Fan.ts";
import { CIM_FilterCollection } from "./cim/CIM_FilterCollection.ts";
import { CIM_FilterCollectionSubscription } from "./cim/CIM_FilterCollectionSubscription.ts";
import { CIM_HostedDependency } from "./cim/CIM_HostedDependency.ts";
import { CIM_HostedService } from "./cim/CIM_HostedService.ts";
import { CIM_IEEE8021xCapabilities } from "./cim/CIM_IEEE8021xCapabilities.ts";
import { CIM_IEEE8021xSettings } from "./cim/CIM_IEEE8021xSettings.ts";
import { CIM_Identity } from "./cim/CIM_Identity.ts";
import { CIM_Indication } from "./cim/CIM_Indication.ts";
import { CIM_IndicationService } from "./cim/CIM_IndicationService.ts";
import { CIM_InstalledSoftwareIdentity } from "./cim/CIM_InstalledSoftwareIdentity.ts";
import { CIM_KVMRedirectionSAP } from "./cim/CIM_KVMRedirectionSAP.ts";
import { CIM_LANEndpoint } from "./cim/CIM_LANEndpoint.ts";
import { CIM_ListenerDestination } from "./cim/CIM_ListenerDestination.ts";
import { CIM_ListenerDestinationWSManagement } from "./cim/CIM_ListenerDestinationWSManagement.ts";
import { CIM_Log } from "./cim/CIM_Log.ts";
import { CIM_LogEntry } from "./cim/CIM_LogEntry.ts";
import { CIM_LogicalDevice } from "./cim/CIM_LogicalDevice.ts";
import { CIM_LogicalElement } from "./cim/CIM_LogicalElement.ts";
import { CIM_LogicalPort } from "./cim/CIM_LogicalPort.ts";
import { CIM_LogicalPortCapabilities } from "./cim/CIM_LogicalPortCapabilities.ts";
import { CIM_ManagedElement } from "./cim/CIM_ManagedElement.ts";
import { CIM_ManagedSystemElement } from "./cim/CIM_ManagedSystemElement.ts";
import { CIM_MediaAccessDevice } from "./cim/CIM_MediaAccessDevice.ts";
import { CIM_MemberOfCollection } from "./cim/CIM_MemberOfCollection.ts";
import { CIM_MessageLog } from "./cim/CIM_MessageLog.ts";
import { CIM_NetworkPort } from "./cim/CIM_NetworkPort.ts";
import { CIM_NetworkPortCapabilities } from "./cim/CIM_NetworkPortCapabilities.ts";
import { CIM_NetworkPortConfigurationService } from "./cim/CIM_NetworkPortConfigurationService.ts";
import { CIM_PCIController } from "./cim/CIM_PCIController.ts";
import { CIM_PhysicalComponent } from "./cim/CIM_PhysicalComponent.ts";
import { CIM_PhysicalElement } from "./cim/CIM_PhysicalElement.ts";
import { CIM_PhysicalFrame } from "./cim/CIM_PhysicalFrame.ts";
import { CIM_PhysicalMemory } from "./cim/CIM_PhysicalMemory.ts";
import { CIM_PhysicalPackage } from "./cim/CIM_PhysicalPackage.ts";
import { CIM_Policy } from "./cim/CIM_Policy.ts";
import { CIM_PolicyAction } from "./cim/CIM_PolicyAction.ts";
import { CIM_PolicyCondition } from "./cim/CIM_PolicyCondition.ts";
import { CIM_PolicyRule } from "./cim/CIM_PolicyRule.ts";
import { CIM_PolicySet } from "./cim/CIM_PolicySet.ts";
import { CIM_PolicySetAppliesToElement } from "./cim/CIM_PolicySetAppliesToElement.ts";
import { CIM_PowerManagementCapabilities } from "./cim/CIM_PowerManagementCapabilities.ts";
import { CIM_PowerManagementService } from "./cim/CIM_PowerManagementService.ts";
import { CIM_PowerSupply } from "./cim/CIM_PowerSupply.ts";
import { CIM_ProcessIndication } from "./cim/CIM_ProcessIndication.ts";
import { CIM_Processor } from "./cim/CIM_Processor.ts";
import { CIM_ProtocolEndpoint } from "./cim/CIM_ProtocolEndpoint.ts";
import { CIM_Realizes } from "./cim/CIM_Realizes.ts";
import { CIM_RecordForLog } from "./cim/CIM_RecordForLog.ts";
import { CIM_RecordLog } from "./cim/CIM_RecordLog.ts";
import { CIM_RedirectionService } from "./cim/CIM_RedirectionService.ts";
import { CIM_RegisteredProfile } from "./cim/CIM_RegisteredProfile.ts";
import { CIM_RemotePort } from "./cim/CIM_RemotePort.ts";
import { CIM_RemoteServiceAccessPoint } from "./cim/CIM_RemoteServiceAccessPoint.ts";
import { CIM_Role } from "./cim/CIM_Role.ts";
import { CIM_SecurityService } from "./cim/CIM_SecurityService.ts";
import { CIM_Sensor } from "./cim/CIM_Sensor.ts";
import { CIM_Service } from "./cim/CIM_Service.ts";
import { CIM_ServiceAccessBySAP } from "./cim/CIM_ServiceAccessBySAP.ts";
import { CIM_ServiceAccessPoint } from "./cim/CIM_ServiceAccessPoint.ts";
import { CIM_ServiceAvailableToElement } from "./cim/CIM_ServiceAvailableToElement.ts";
import { CIM_ServiceSAPDependency } from "./cim/CIM_ServiceSAPDependency.ts";
import { CIM_SettingData } from "./cim/CIM_SettingData.ts";
import { CIM_SharedCredential } from "./cim/CIM_SharedCredential.ts";
import { CIM_SoftwareElement } from "./cim/CIM_SoftwareElement.ts";
import { CIM_SoftwareFeature } from "./cim/CIM_SoftwareFeature.ts";
import { CIM_SoftwareIdentity } from "./cim/CIM_SoftwareIdentity.ts";
import { CIM_System } from "./cim/CIM_System.ts";
import { CIM_SystemBIOS } from "./cim/CIM_SystemBIOS.ts";
import { CIM_SystemComponent } from "./cim/CIM_SystemComponent.ts";
import { CIM_SystemDevice } from "./cim/CIM_SystemDevice.ts";
import { CIM_SystemPackaging } from "./cim/CIM_SystemPackaging.ts";
import { CIM_Watchdog } from "./cim/CIM_Watchdog.ts";
import { CIM_WiFiEndpoint } from "./cim/CIM_WiFiEndpoint.ts";
import { CIM_WiFiEndpointCapabilities } from "./cim/CIM_WiFiEndpointCapabilities.ts";
import { CIM_WiFiEndpointSettings } from "./cim/CIM_WiFiEndpointSettings.ts";
import { CIM_WiFiPort } from "./cim/CIM_WiFiPort.ts";
import { CIM_WiFiPortCapabilities } from "./cim/CIM_WiFiPortCapabilities.ts";
import { IPS_8021xCredentialContext } from "./ips/IPS_8021xCredentialContext.ts";
import { IPS_AdminProvisioningRecord } from "./ips/IPS_AdminProvisioningRecord.ts";
import { IPS_AlarmClockOccurrence } from "./ips/IPS_AlarmClockOccurrence.ts";
import { IPS_ClientProvisioningRecord } from "./ips/IPS_ClientProvisioningRecord.ts";
import { IPS_DALProvisioningRecord } from "./ips/IPS_DALProvisioningRecord.ts";
import { IPS_HTTPProxyAccessPoint } from "./ips/IPS_HTTPProxyAccessPoint.ts";
import { IPS_HTTPProxyService } from "./ips/IPS_HTTPProxyService.ts";
import { IPS_HostBasedSetupService } from "./ips/IPS_HostBasedSetupService.ts";
import { IPS_HostBootReason } from "./ips/IPS_HostBootReason.ts";
import { IPS_HostIPSettings } from "./ips/IPS_HostIPSettings.ts";
import { IPS_IEEE8021xSettings } from "./ips/IPS_IEEE8021xSettings.ts";
import { IPS_IPv6PortSettings } from "./ips/IPS_IPv6PortSettings.ts";
import { IPS_IderSessionUsingPort } from "./ips/IPS_IderSessionUsingPort.ts";
import { IPS_KVMRedirectionSettingData } from "./ips/IPS_KVMRedirectionSettingData.ts";
import { IPS_KvmSessionUsingPort } from "./ips/IPS_KvmSessionUsingPort.ts";
import { IPS_LANEndpoint } from "./ips/IPS_LANEndpoint.ts";
import { IPS_ManualProvisioningRecord } from "./ips/IPS_ManualProvisioningRecord.ts";
import { IPS_OptInService } from "./ips/IPS_OptInService.ts";
import { IPS_PowerManagementCapabilities } from "./ips/IPS_PowerManagementCapabilities.ts";
import { IPS_PowerManagementService } from "./ips/IPS_PowerManagementService.ts";
import { IPS_ProvisioningAuditRecord } from "./ips/IPS_ProvisioningAuditRecord.ts";
import { IPS_ProvisioningRecordLog } from "./ips/IPS_ProvisioningRecordLog.ts";
import { IPS_RasSessionUsingPort } from "./ips/IPS_RasSessionUsingPort.ts";
import { IPS_ScreenConfigurationService } from "./ips/IPS_ScreenConfigurationService.ts";
import { IPS_ScreenSettingData } from "./ips/IPS_ScreenSettingData.ts";
import { IPS_SecIOService } from "./ips/IPS_SecIOService.ts";
import { IPS_SessionUsingPort } from "./ips/IPS_SessionUsingPort.ts";
import { IPS_SolSessionUsingPort } from "./ips/IPS_SolSessionUsingPort.ts";
import { IPS_TLSProvisioningRecord } from "./ips/IPS_TLSProvisioningRecord.ts";
import { IPS_WatchDogAction } from "./ips/IPS_WatchDogAction.ts";

/** Every class that the model declares. */
export const allClasses: readonly ClassDefinition[] = [
  AMT_8021XProfile,
  AMT_8021xCredentialContext,
  AMT_ActiveFilterStatistics,
  AMT_AgentPresenceCapabilities,
  AMT_AgentPresenceInterfacePolicy,
  AMT_AgentPresenceService,
  AMT_AgentPresenceWatchdog,
  AMT_AgentPresenceWatchdogAction,
  AMT_AlarmClockService,
  AMT_AssetTable,
  AMT_AssetTableService,
  AMT_AuditLog,
  AMT_AuditPolicyRule,
  AMT_AuthorizationService,
  AMT_BootCapabilities,
  AMT_BootSettingData,
  AMT_CRL,
  AMT_ComplexFilterEntryBase,
  AMT_CryptographicCapabilities,
  AMT_EnvironmentDetectionInterfacePolicy,
  AMT_EnvironmentDetectionSettingData,
  AMT_EthernetPortSettings,
  AMT_EventLogEntry,
  AMT_EventManagerService,
  AMT_EventSubscriber,
  AMT_FilterEntryBase,
  AMT_FilterInSystemDefensePolicy,
  AMT_GeneralSettings,
  AMT_GeneralSystemDefenseCapabilities,
  AMT_Hdr8021Filter,
  AMT_IPHeadersFilter,
  AMT_InterfacePolicy,
  AMT_KerberosSettingData,
  AMT_MPSUsernamePassword,
  AMT_ManagementPresenceRemoteSAP,
  AMT_MessageLog,
  AMT_NetworkPortDefaultSystemDefensePolicy,
  AMT_NetworkPortSystemDefenseCapabilities,
  AMT_NetworkPortSystemDefensePolicy,
  AMT_PCIDevice,
  AMT_PETCapabilities,
  AMT_PETFilterForTarget,
  AMT_PETFilterSetting,
  AMT_ProvisioningCertificateHash,
  AMT_PublicKeyCertificate,
  AMT_PublicKeyManagementCapabilities,
  AMT_PublicKeyManagementService,
  AMT_PublicPrivateKeyPair,
  AMT_RedirectionService,
  AMT_RemoteAccessCapabilities,
  AMT_RemoteAccessCredentialContext,
  AMT_RemoteAccessPolicyAppliesToMPS,
  AMT_RemoteAccessPolicyRule,
  AMT_RemoteAccessService,
  AMT_SNMPEventSubscriber,
  AMT_SetupAndConfigurationService,
  AMT_StateTransitionCondition,
  AMT_SystemDefensePolicy,
  AMT_SystemDefensePolicyInService,
  AMT_SystemDefenseService,
  AMT_SystemPowerScheme,
  AMT_TLSCredentialContext,
  AMT_TLSProtocolEndpoint,
  AMT_TLSProtocolEndpointCollection,
  AMT_TLSSettingData,
  AMT_TimeSynchronizationService,
  AMT_TrapTargetForService,
  AMT_UserInitiatedConnectionService,
  AMT_WebUIService,
  AMT_WiFiPortConfigurationService,
  CIM_AbstractIndicationSubscription,
  CIM_AlertIndication,
  CIM_AssociatedPowerManagementService,
  CIM_AuthenticationService,
  CIM_BIOSElement,
  CIM_BIOSFeature,
  CIM_Battery,
  CIM_BootConfigSetting,
  CIM_BootService,
  CIM_BootSettingData,
  CIM_BootSourceSetting,
  CIM_Capabilities,
  CIM_Card,
  CIM_Chassis,
  CIM_Chip,
  CIM_Collection,
  CIM_Component,
  CIM_ComputerSystem,
  CIM_ComputerSystemPackage,
  CIM_ConcreteDependency,
  CIM_Controller,
  CIM_CoolingDevice,
  CIM_Credential,
  CIM_CredentialContext,
  CIM_CredentialManagementService,
  CIM_Dependency,
  CIM_ElementCapabilities,
  CIM_ElementConformsToProfile,
  CIM_ElementSettingData,
  CIM_ElementSoftwareIdentity,
  CIM_EnabledLogicalElement,
  CIM_EnabledLogicalElementCapabilities,
  CIM_EthernetPort,
  CIM_Fan,
  CIM_FilterCollection,
  CIM_FilterCollectionSubscription,
  CIM_HostedDependency,
  CIM_HostedService,
  CIM_IEEE8021xCapabilities,
  CIM_IEEE8021xSettings,
  CIM_Identity,
  CIM_Indication,
  CIM_IndicationService,
  CIM_InstalledSoftwareIdentity,
  CIM_KVMRedirectionSAP,
  CIM_LANEndpoint,
  CIM_ListenerDestination,
  CIM_ListenerDestinationWSManagement,
  CIM_Log,
  CIM_LogEntry,
  CIM_LogicalDevice,
  CIM_LogicalElement,
  CIM_LogicalPort,
  CIM_LogicalPortCapabilities,
  CIM_ManagedElement,
  CIM_ManagedSystemElement,
  CIM_MediaAccessDevice,
  CIM_MemberOfCollection,
  CIM_MessageLog,
  CIM_NetworkPort,
  CIM_NetworkPortCapabilities,
  CIM_NetworkPortConfigurationService,
  CIM_PCIController,
  CIM_PhysicalComponent,
  CIM_PhysicalElement,
  CIM_PhysicalFrame,
  CIM_PhysicalMemory,
  CIM_PhysicalPackage,
  CIM_Policy,
  CIM_PolicyAction,
  CIM_PolicyCondition,
  CIM_PolicyRule,
  CIM_PolicySet,
  CIM_PolicySetAppliesToElement,
  CIM_PowerManagementCapabilities,
  CIM_PowerManagementService,
  CIM_PowerSupply,
  CIM_ProcessIndication,
  CIM_Processor,
  CIM_ProtocolEndpoint,
  CIM_Realizes,
  CIM_RecordForLog,
  CIM_RecordLog,
  CIM_RedirectionService,
  CIM_RegisteredProfile,
  CIM_RemotePort,
  CIM_RemoteServiceAccessPoint,
  CIM_Role,
  CIM_SecurityService,
  CIM_Sensor,
  CIM_Service,
  CIM_ServiceAccessBySAP,
  CIM_ServiceAccessPoint,
  CIM_ServiceAvailableToElement,
  CIM_ServiceSAPDependency,
  CIM_SettingData,
  CIM_SharedCredential,
  CIM_SoftwareElement,
  CIM_SoftwareFeature,
  CIM_SoftwareIdentity,
  CIM_System,
  CIM_SystemBIOS,
  CIM_SystemComponent,
  CIM_SystemDevice,
  CIM_SystemPackaging,
  CIM_Watchdog,
  CIM_WiFiEndpoint,
  CIM_WiFiEndpointCapabilities,
  CIM_WiFiEndpointSettings,
  CIM_WiFiPort,
  CIM_WiFiPortCapabilities,
  IPS_8021xCredentialContext,
  IPS_AdminProvisioningRecord,
  IPS_AlarmClockOccurrence,
  IPS_ClientProvisioningRecord,
  IPS_DALProvisioningRecord,
  IPS_HTTPProxyAccessPoint,
  IPS_HTTPProxyService,
  IPS_HostBasedSetupService,
  IPS_HostBootReason,
  IPS_HostIPSettings,
  IPS_IEEE8021xSettings,
  IPS_IPv6PortSettings,
  IPS_IderSessionUsingPort,
  IPS_KVMRedirectionSettingData,
  IPS_KvmSessionUsingPort,
  IPS_LANEndpoint,
  IPS_ManualProvisioningRecord,
  IPS_OptInService,
  IPS_PowerManagementCapabilities,
  IPS_PowerManagementService,
  IPS_ProvisioningAuditRecord,
  IPS_ProvisioningRecordLog,
  IPS_RasSessionUsingPort,
  IPS_ScreenConfigurationService,
  IPS_ScreenSettingData,
  IPS_SecIOService,
  IPS_SessionUsingPort,
  IPS_SolSessionUsingPort,
  IPS_TLSProvisioningRecord,
  IPS_WatchDogAction,
];

const byName = new Map(allClasses.map((one) => [one.name, one]));
const byUri = new Map(allClasses.map((one) => [one.uri, one]));

/** The class of that name; undefined when the model lacks it. */
export function classByName(name: string): ClassDefinition | undefined {
  return byName.get(name);
}

/** The class of that resource URI; undefined when the model lacks it. */
export function classByUri(uri: string): ClassDefinition | undefined {
  return byUri.get(uri);
}
