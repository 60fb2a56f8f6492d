import { CIM_ConcreteDependency } from "@vigil/model/cim/CIM_ConcreteDependency.ts";
import { CIM_ElementCapabilities } from "@vigil/model/cim/CIM_ElementCapabilities.ts";
import { CIM_ElementConformsToProfile } from "@vigil/model/cim/CIM_ElementConformsToProfile.ts";
import { CIM_ElementSettingData } from "@vigil/model/cim/CIM_ElementSettingData.ts";
import { CIM_ElementSoftwareIdentity } from "@vigil/model/cim/CIM_ElementSoftwareIdentity.ts";
import { CIM_HostedService } from "@vigil/model/cim/CIM_HostedService.ts";
import { CIM_Identity } from "@vigil/model/cim/CIM_Identity.ts";
import { CIM_InstalledSoftwareIdentity } from "@vigil/model/cim/CIM_InstalledSoftwareIdentity.ts";
import { CIM_MemberOfCollection } from "@vigil/model/cim/CIM_MemberOfCollection.ts";
import { CIM_Realizes } from "@vigil/model/cim/CIM_Realizes.ts";
import { CIM_RegisteredProfile } from "@vigil/model/cim/CIM_RegisteredProfile.ts";
import { CIM_Role } from "@vigil/model/cim/CIM_Role.ts";
import { CIM_ServiceAccessBySAP } from "@vigil/model/cim/CIM_ServiceAccessBySAP.ts";
import { CIM_SystemBIOS } from "@vigil/model/cim/CIM_SystemBIOS.ts";
import { CIM_SystemDevice } from "@vigil/model/cim/CIM_SystemDevice.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { implement, realms, type Behavior } from "./behavior.ts";
import type { Firmware } from "./firmware.ts";
import { amtSystem, hostSystem } from "./names.ts";

const { generalInfo, administration, hardwareAsset } = realms;

const profile = {
  AdvertiseTypes: [2],
  InstanceID: "Intel(r) AMT:Base Desktop and Mobile",
  RegisteredName: "Base Desktop and Mobile",
  RegisteredOrganization: 2,
  RegisteredVersion: "1.0.0",
} as const;

/** Settings and what they are for, by class. */
const settingsOf: Readonly<Record<string, string>> = {
  AMT_SystemPowerScheme: "CIM_ComputerSystem",
  AMT_EthernetPortSettings: "CIM_EthernetPort",
  AMT_TLSSettingData: "AMT_TLSProtocolEndpoint",
  AMT_GeneralSettings: "CIM_ComputerSystem",
  AMT_BootSettingData: "CIM_BootConfigSetting",
  IPS_KVMRedirectionSettingData: "CIM_KVMRedirectionSAP",
  IPS_IPv6PortSettings: "CIM_EthernetPort",
};

/** Capabilities and what has them, by class. */
const capabilitiesOf: Readonly<Record<string, string>> = {
  AMT_BootCapabilities: "CIM_BootService",
  CIM_PowerManagementCapabilities: "CIM_PowerManagementService",
  AMT_RemoteAccessCapabilities: "AMT_RemoteAccessService",
  AMT_GeneralSystemDefenseCapabilities: "AMT_SystemDefenseService",
  AMT_AgentPresenceCapabilities: "AMT_AgentPresenceService",
  AMT_PublicKeyManagementCapabilities: "AMT_PublicKeyManagementService",
  CIM_WiFiPortCapabilities: "CIM_WiFiPort",
  CIM_WiFiEndpointCapabilities: "CIM_WiFiEndpoint",
};

/** Who may log in, as CIM sees it, and what belongs to what. @param others every other behavior: what associations tie together */
export function associationsOf(others: readonly Behavior[]): readonly Behavior[] {
  const byName = new Map(others.map((one) => [one.definition.name, one]));
  const at = (firmware: Firmware, name: string): readonly EndpointReference[] =>
    byName
      .get(name)
      ?.list(firmware)
      .map(({ selectors }) => ({ ...amtSystem, resourceUri: byName.get(name)?.definition.uri ?? "", selectors })) ?? [];
  const derived = (firmware: Firmware, parent: string): readonly EndpointReference[] =>
    others.filter((one) => one.definition.parents.includes(parent)).flatMap((one) => at(firmware, one.definition.name));
  const hostDevices = (firmware: Firmware): readonly EndpointReference[] =>
    derived(firmware, "CIM_LogicalDevice").filter((one) => one.selectors["SystemName"] === "ManagedSystem");
  return [
    implement(CIM_RegisteredProfile)({ realm: generalInfo, list: () => [profile] }),
    implement(CIM_ElementConformsToProfile)({
      realm: generalInfo,
      list: () => [{ ConformantStandard: referenceTo(CIM_RegisteredProfile, profile), ManagedElement: hostSystem }],
    }),
    implement(CIM_Role)({
      realm: administration,
      list: (firmware) =>
        namesOf(firmware).map((name) => ({
          CreationClassName: "CIM_Role",
          Name: name,
          CommonName: name,
          RoleCharacteristics: [2],
        })),
    }),
    implement(CIM_Identity)({
      realm: administration,
      list: (firmware) => namesOf(firmware).map((name) => ({ InstanceID: name, CurrentlyAuthenticated: false })),
    }),
    implement(CIM_ConcreteDependency)({
      realm: administration,
      list: (firmware) =>
        namesOf(firmware).map((name) => ({
          Antecedent: referenceTo(CIM_Identity, { InstanceID: name }),
          Dependent: referenceTo(CIM_Role, { CreationClassName: "CIM_Role", Name: name }),
        })),
    }),
    implement(CIM_HostedService)({
      realm: generalInfo,
      list: (firmware) => derived(firmware, "CIM_Service").map((Dependent) => ({ Antecedent: amtSystem, Dependent })),
    }),
    implement(CIM_ElementCapabilities)({
      realm: generalInfo,
      list: (firmware) =>
        Object.entries(capabilitiesOf).flatMap(([name, of]) =>
          at(firmware, of).flatMap((ManagedElement) =>
            at(firmware, name).map((Capabilities) => ({ Capabilities, ManagedElement })),
          ),
        ),
    }),
    implement(CIM_ElementSettingData)({
      realm: generalInfo,
      list: (firmware) =>
        Object.entries(settingsOf).flatMap(([name, of]) =>
          at(firmware, name).map((SettingData, index) => {
            const isScheme = name === "AMT_SystemPowerScheme";
            const isCurrent =
              !isScheme || SettingData.selectors["InstanceID"] === `SCHEME ${firmware.state.powerScheme}`;
            const elements = of === "CIM_ComputerSystem" ? [isScheme ? hostSystem : amtSystem] : at(firmware, of);
            return {
              IsCurrent: isCurrent ? 1 : 2,
              IsDefault: isScheme && index === 0 ? 1 : 2,
              IsNext: isCurrent ? 1 : 2,
              ManagedElement: elements[Math.min(index, elements.length - 1)] ?? amtSystem,
              SettingData,
            };
          }),
        ),
    }),
    implement(CIM_ServiceAccessBySAP)({
      realm: generalInfo,
      list: (firmware) =>
        at(firmware, "CIM_RedirectionService").flatMap((Antecedent) =>
          at(firmware, "CIM_KVMRedirectionSAP").map((Dependent) => ({ Antecedent, Dependent })),
        ),
    }),
    implement(CIM_SystemDevice)({
      realm: hardwareAsset,
      list: (firmware) => hostDevices(firmware).map((PartComponent) => ({ GroupComponent: hostSystem, PartComponent })),
    }),
    implement(CIM_Realizes)({
      realm: hardwareAsset,
      list: (firmware) =>
        at(firmware, "CIM_Chip").flatMap((Antecedent) =>
          at(firmware, "CIM_Processor").map((Dependent) => ({ Antecedent, Dependent })),
        ),
    }),
    implement(CIM_SystemBIOS)({
      realm: hardwareAsset,
      list: (firmware) =>
        at(firmware, "CIM_BIOSElement").map((PartComponent) => ({ GroupComponent: hostSystem, PartComponent })),
    }),
    implement(CIM_InstalledSoftwareIdentity)({
      realm: generalInfo,
      list: (firmware) =>
        at(firmware, "CIM_SoftwareIdentity").map((InstalledSoftware) => ({ InstalledSoftware, System: amtSystem })),
    }),
    implement(CIM_ElementSoftwareIdentity)({
      realm: generalInfo,
      list: (firmware) =>
        at(firmware, "CIM_SoftwareIdentity").map((Antecedent) => ({ Antecedent, Dependent: amtSystem })),
    }),
    implement(CIM_MemberOfCollection)({
      realm: administration,
      list: (firmware) =>
        at(firmware, "AMT_TLSProtocolEndpointCollection").flatMap((Collection) =>
          at(firmware, "AMT_TLSProtocolEndpoint").map((Member) => ({ Collection, Member })),
        ),
    }),
  ];
}

/** The firmware's own account, and those of managers. @source recorded answers: cim/concrete/dependency */
function namesOf({ state }: Firmware): readonly string[] {
  return ["$$OsAdmin", ...state.users.map((one) => one.name).filter((name) => name !== "")].map(
    (name) => `Intel(r) AMT:${name}`,
  );
}
