import type { ClassDefinition } from "./define.ts";
import { AMT_AuthorizationService } from "./amt/AMT_AuthorizationService.ts";
import { AMT_BootCapabilities } from "./amt/AMT_BootCapabilities.ts";
import { AMT_BootSettingData } from "./amt/AMT_BootSettingData.ts";
import { AMT_EthernetPortSettings } from "./amt/AMT_EthernetPortSettings.ts";
import { AMT_GeneralSettings } from "./amt/AMT_GeneralSettings.ts";
import { AMT_MessageLog } from "./amt/AMT_MessageLog.ts";
import { AMT_ProvisioningCertificateHash } from "./amt/AMT_ProvisioningCertificateHash.ts";
import { AMT_PublicKeyCertificate } from "./amt/AMT_PublicKeyCertificate.ts";
import { AMT_PublicKeyManagementService } from "./amt/AMT_PublicKeyManagementService.ts";
import { AMT_PublicPrivateKeyPair } from "./amt/AMT_PublicPrivateKeyPair.ts";
import { AMT_RedirectionService } from "./amt/AMT_RedirectionService.ts";
import { AMT_SetupAndConfigurationService } from "./amt/AMT_SetupAndConfigurationService.ts";
import { AMT_TLSCredentialContext } from "./amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSProtocolEndpointCollection } from "./amt/AMT_TLSProtocolEndpointCollection.ts";
import { AMT_TLSSettingData } from "./amt/AMT_TLSSettingData.ts";
import { AMT_TimeSynchronizationService } from "./amt/AMT_TimeSynchronizationService.ts";
import { AMT_WebUIService } from "./amt/AMT_WebUIService.ts";
import { CIM_AssociatedPowerManagementService } from "./cim/CIM_AssociatedPowerManagementService.ts";
import { CIM_BIOSElement } from "./cim/CIM_BIOSElement.ts";
import { CIM_BootConfigSetting } from "./cim/CIM_BootConfigSetting.ts";
import { CIM_BootService } from "./cim/CIM_BootService.ts";
import { CIM_BootSourceSetting } from "./cim/CIM_BootSourceSetting.ts";
import { CIM_Card } from "./cim/CIM_Card.ts";
import { CIM_Chassis } from "./cim/CIM_Chassis.ts";
import { CIM_Chip } from "./cim/CIM_Chip.ts";
import { CIM_ComputerSystem } from "./cim/CIM_ComputerSystem.ts";
import { CIM_ComputerSystemPackage } from "./cim/CIM_ComputerSystemPackage.ts";
import { CIM_MediaAccessDevice } from "./cim/CIM_MediaAccessDevice.ts";
import { CIM_PhysicalMemory } from "./cim/CIM_PhysicalMemory.ts";
import { CIM_PowerManagementService } from "./cim/CIM_PowerManagementService.ts";
import { CIM_Processor } from "./cim/CIM_Processor.ts";
import { CIM_ServiceAvailableToElement } from "./cim/CIM_ServiceAvailableToElement.ts";
import { CIM_SoftwareIdentity } from "./cim/CIM_SoftwareIdentity.ts";
import { IPS_HostBasedSetupService } from "./ips/IPS_HostBasedSetupService.ts";
import { IPS_OptInService } from "./ips/IPS_OptInService.ts";

/** Every class of the model, in alphabetical order. */
export const allClasses: readonly ClassDefinition[] = [
  AMT_AuthorizationService,
  AMT_BootCapabilities,
  AMT_BootSettingData,
  AMT_EthernetPortSettings,
  AMT_GeneralSettings,
  AMT_MessageLog,
  AMT_ProvisioningCertificateHash,
  AMT_PublicKeyCertificate,
  AMT_PublicKeyManagementService,
  AMT_PublicPrivateKeyPair,
  AMT_RedirectionService,
  AMT_SetupAndConfigurationService,
  AMT_TLSCredentialContext,
  AMT_TLSProtocolEndpointCollection,
  AMT_TLSSettingData,
  AMT_TimeSynchronizationService,
  AMT_WebUIService,
  CIM_AssociatedPowerManagementService,
  CIM_BIOSElement,
  CIM_BootConfigSetting,
  CIM_BootService,
  CIM_BootSourceSetting,
  CIM_Card,
  CIM_Chassis,
  CIM_Chip,
  CIM_ComputerSystem,
  CIM_ComputerSystemPackage,
  CIM_MediaAccessDevice,
  CIM_PhysicalMemory,
  CIM_PowerManagementService,
  CIM_Processor,
  CIM_ServiceAvailableToElement,
  CIM_SoftwareIdentity,
  IPS_HostBasedSetupService,
  IPS_OptInService,
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
